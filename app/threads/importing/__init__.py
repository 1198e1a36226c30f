"""Threads of the hosted ChatKit as threads of this server: the SDK's items, and their rows.

    hosted.py            a hosted object, read whatever is missing or wrong in it
    places.py            id and time of each item, in the order of the API
    mapping.py           an item of any kind → one of the SDK's, and what is lost
    user_messages.py, assistant_messages.py, widgets.py, tool_calls.py, tasks.py   the kinds
    placeholders.py      what stands in place of an item that has no form here
    metadata.py          the thread itself
    prepared.py          a thread with all that is written of it, numbered
    standing.py          what the database has of a thread already
    creating.py          a new thread, in one statement
    updating.py          a thread that has changed at the other end
    stored.py            what is there of an imported thread, to be compared

What the SDK would reject is repaired; what cannot be is shown as a placeholder. The JSON that the API sent is
kept beside every row, to the character. Must not know archives, files or the model's memory: they are handed
in.
"""
