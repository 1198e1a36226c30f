"""The schema's history, run by Alembic; one revision a file, in order of their dates.

A revision says what it does in its own words: it imports nothing of `app`, whose tables move on.
"""

HEAD = "0018"
"""The newest revision here. Stated, so that a start on a current database need not import Alembic (2 s)."""
