"""What this server costs, measured beside what it is compared with, in one run each.

    mapper.py  our events per second beside the stock mapper's
    turns.py   a turn beside the stock SDK endpoint and the Agents SDK alone
    store.py   writes and pages of the store beside raw asyncpg
    isolation.py  the second wall between users: turns, writes and pages with it and without
    export.py  the export of hosted threads beside the API's own latency

`python -m benchmarks` runs them one after the other; each also runs alone.
"""
