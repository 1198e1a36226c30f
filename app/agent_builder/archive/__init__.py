"""The archive of hosted threads: its layout on disk and a reader. `docs/archive.md` is the contract."""
