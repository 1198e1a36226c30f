"""Inspection for operators: what is in the database, of all users.

Not owner-scoped, by design: whoever runs these commands has the database anyway. Reads, and changes nothing
but the status of a thread. Never imported by what answers requests.

    commands.py   the command line; light, so that `--help` answers at once
    reports.py    what each command prints
    queries.py    lists and details; search.py finds; views.py: what is asked, records.py: what is answered
    feedback.py   votes with what they are about
    changes.py    what they change: the status of a thread
    audit.py      who has looked, and at what: every command that shows or changes something records it
    terminal.py   stored text made safe and short enough to print
"""
