"""A turn that runs a workflow exported from Agent Builder: `docs/workflows.md` says how one behaves.

    answer.py        the work of such a turn, and what becomes of its end
    host.py          what the workflow's code asks for, done in the turn
    agent_runs.py    what its agents have said and cost
    run_settings.py  the settings of their runs
    display.py       which of them are shown, and how
    history.py       the list in which it keeps the conversation
    state.py         the variables that it keeps between turns
    journal.py       what it has done, so that nothing is done twice
    outcomes.py      a finished run as JSON, and back
    paused.py        a workflow that waits for its user, as JSON
    limits.py        what one turn may use
    notices.py       what it says besides its agents
    stops.py         what ends it from outside

Must not know how a file is read or repaired (`app/workflows`).
"""
