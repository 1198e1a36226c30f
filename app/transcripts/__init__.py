"""The model's memory: what an agent run left behind, stored per turn, and loaded for the next one.

    rows.py       the statements on `transcript_items`
    storable.py   an Agents SDK item → JSON that Postgres takes
    portable.py   a stored item → the form that every provider accepts
    pairing.py    calls and outputs: every call answered, every output called for
    trimming.py   whole turns within a token budget
    tokens.py     how large an item is, roughly
    run_memory.py what to remember of a run, however it ended
    session.py    the same rows as an Agents SDK `Session`

A row keeps what the Agents SDK produced. What a provider is sent is worked out when it is loaded, so that a
change of model, provider or key never makes a conversation unusable.

Must not know ChatKit items (`app/threads`), nor decide when a turn begins or ends (`app/turns`).
"""

from app.transcripts.rows import append, insertion, insertion_values, row_of
from app.transcripts.run_memory import Cut, RunMemory, remembered, remembered_of_lost
from app.transcripts.session import TranscriptSession
from app.transcripts.storable import storable
from app.transcripts.transcripts import History, Transcripts

__all__ = [
    "Cut",
    "History",
    "RunMemory",
    "TranscriptSession",
    "Transcripts",
    "append",
    "insertion",
    "insertion_values",
    "remembered",
    "remembered_of_lost",
    "row_of",
    "storable",
]
