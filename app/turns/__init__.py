"""A turn: the server's work on one streaming request, from acceptance to its end.

A turn is its own supervised task. It publishes events in order: each is stored where it must be, then
appended to the turn's log; HTTP responses only read that log. One turn runs per thread, held by a row in
Postgres.

    runner.py      starts, cancels and drains turns; the only place that creates their tasks
    turn.py        one running turn and its readers
    log.py         its events, in order, for any number of readers
    publishing.py  store first, then log
    open_items.py  items that were added and are not done yet, as the updates leave them
    widget_state.py  a widget as its updates leave it
    answer.py      one answer of the assistant: agent run → events, and what the model shall remember
    acceptance.py  a turn is accepted with the message that begins it
    records.py     the lease and the end of accepted turns
    lease.py       the claim of this process on its turns, and the closing of those nobody holds any more
    failures.py    what the user is told when something raises
    titles.py      a title for a new thread, beside the answer
    mapper/        Agents SDK stream events → ChatKit events

Must not know HTTP, nor which assistant is loaded.
"""
