"""Running the server: health for those who watch it. Must not change anything."""
