"""`agent-builder import`: the threads of an archive become threads of this server.

    command.py      options in, exit code and closing words out
    owners.py       whose each thread becomes
    saved.py        the archive, read line by line; what is damaged in it is noted
    files.py        the bytes of an attachment, as far as the archive has them
    memory.py       what the model remembers of an item
    composing.py    a saved thread → all that is written of it
    run.py          every thread of the archive, one transaction each
    outcome.py      what became of each, counted
    progress.py     how far it is

Trusts nothing in an archive. Holds no SQL and no form of the ChatKit protocol: `app/threads/importing` does.
"""
