"""`chatkit-server agent-builder frontend`: the change that takes a page from hosted ChatKit to this server.

    command.py     the command line, the exit code
    reading.py     which files are read, and how much of them
    changing.py    one file: its kind, the changes of it
    pages.py       pages that have a `getClientSecret`
    options.py     where such a page says so, as far as it is understood
    element.py     which element a page loads
    placing.py     where the helper of a page is made, so that it is made once
    node.py        back-ends in JavaScript that have sessions made; addresses.py those without a client
    python.py      the same in Python
    edits.py       changes of a text, as a unified diff
    copies.py      where /chatkit-fetch.js is copied to
    findings.py    what a person has to do or know
    recipes.py     the changes in general
    words.py       all of it for people
    javascript/    how scripts are read

Reads files and prints; runs nothing, and writes nothing.
"""
