"""Connections of this process, and the mark of those beyond the most that it serves."""

CROWDED = "is_crowded"
"""Key in the state of a request whose connection is one too many."""
