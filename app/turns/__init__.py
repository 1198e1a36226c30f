"""A turn: the server's work on one streaming request, from acceptance to its end.

A turn is its own supervised task. It publishes events in order: each is stored where it must be, then
appended to the turn's log; HTTP responses only read that log. One turn runs per thread, held by a row in
Postgres.

One turn, here:

    runner.py      starts, cancels and drains turns; the only place that creates their tasks
    running.py     what such a task does, from the first event to the recorded end
    turn.py        one running turn and its readers
    log.py         its events, in order, for any number of readers
    publishing.py  store first, then log
    open_items.py  items that were added and are not done yet, as the updates leave them
    widget_state.py  a widget as its updates leave it
    answering.py   what every answer needs, and how one is prepared
    answer.py      one answer of the assistant: agent run → events, and what the model shall remember
    stepping.py    the one task that steps its run
    calls.py       the context of each tool call in it
    acting.py      what a click in a widget sets off: a handler of the assistant, then maybe its agent
    notes.py       widgets and hidden context, for the model to remember
    generated_images.py  images in it, from bytes to files
    cited_files.py  files that it cites, fetched from the provider
    silence.py     how long a run may say nothing
    failures.py    what the user is told when something raises
    unfinished.py  what is left in the thread of a turn that did not come to its end
    titles.py      a title for a new thread, beside the answer
    approvals/     tool calls that the user must approve: the run saved, asked about, decided, taken up again
    mapper/        Agents SDK stream events → ChatKit events

Turns in Postgres, for all processes:

    acceptance.py  a turn is accepted with the message that begins it, or recognised as one that was before
    sending.py     as well, with the files that the message names
    continuing.py  as well, with what the page answers to the item that waits for it; and closing that item
    accepting_actions.py  as well, with a click in a widget
    replies.py     such an item as the page has answered it, and what the model is told
    writing.py     the task that writes of this process' turns, and keeps its lease on them
    held.py        a turn it holds, and how much of it is written
    flush_statement.py  what it writes, as one statement
    records.py     what a turn's row is asked and told: lease, stop, reader elsewhere, end
    stored_events.py  the log of a running turn as it stands there
    following.py   turns of other processes, read here
    delivery.py    whether an answer was read to its end
    replay.py      an ended turn as events, made of its items
    recovery.py    closing the turns whose process is gone
    finding.py     the turn a request is about, wherever it runs
    wakeup.py      what processes tell each other at once

Must not know HTTP, nor which assistant is loaded.
"""
