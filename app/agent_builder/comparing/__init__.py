"""`agent-builder compare`: what users of an archive have asked, asked again; both answers in a row.

    command.py      options in, exit code and reports out
    questions.py    a saved thread as questions, each with the answer it had
    said.py         what a person reads of an answer, old or new
    chat.py         asking this server, as a page does
    scratch.py      whose the new conversations are, and their removal
    allowance.py    what a comparison may cost
    run.py          which threads, and every question of them in order
    report.py       what came of it, counted; as JSON and for one screen
    page.py         the same as a page
    promptfoo.py    the same as test cases

Reads archives, and writes nothing into the threads that were imported from them.
"""
