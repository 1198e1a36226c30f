"""Tool calls that the user must approve: the run is saved, the user is asked, and the run goes on.

    pending.py    a call that waits: which tool, which arguments, how it stands in the model's memory
    form.py       such calls as questions, and what the user has decided
    readable.py   a call in words and lines that a person can judge
    saved_run.py  a paused run as JSON, and back
    pauses.py     the rows of `pauses`: decided once, for their owner
    deciding.py   what is written when the user decides, or nobody does any more

Nothing here runs an agent or opens a transaction.
"""
