"""`agent-builder delete-hosted`: threads at OpenAI, of which a verified archive has all, are deleted there.

    command.py      options in, confirmation, exit code and closing words out
    condition.py    what holds for the archive as a whole: verified here, unchanged since
    candidates.py   what holds for each thread: whole in the archive, and here as it was
    upstream.py     what holds for it at the other end: nothing there that the archive does not have
    api.py          the hosted API as this command needs it
    journal.py      what was asked for and what became of it, for the next run
    run.py          every thread, looked at and deleted
    outcome.py      what became of each, counted

Deletes nothing that is not in the archive. What is in doubt stays, and is reported.
"""
