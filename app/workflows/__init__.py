"""Workflows exported from Agent Builder, loaded as they are: read, repaired in memory, and imported.

    reading/     what a file holds, by its syntax tree; runs nothing and imports no SDK
    rewriting/   one repair a module, each on the tree, each optional and reported
    host.py      what a running workflow gets from its turn: the port
    runtime.py   what rewritten code calls

Must not know turns, HTTP or the database. The file on disk is never written.
"""
