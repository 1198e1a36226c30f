"""Removing for good what users have left: all of one user, or what is older than it may become.

    users.py      everything that is one user's, table by table, and the bytes of their files
    retention.py  threads in which nothing has happened for long, whosever they are; every hour if set so

What is removed is written down in the audit log, without a word of what it said. Bytes follow their rows by
the same way as ever (`app/attachments/collecting.py`), so a process that is killed in between leaves nothing
that is not removed later. What users delete themselves is no business of this.
"""
