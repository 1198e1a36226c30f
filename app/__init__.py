"""chatkit-server: the self-hosted server for OpenAI's ChatKit widget."""
