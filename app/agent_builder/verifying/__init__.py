"""`agent-builder verify`: an archive compared with the database and the files, down to the byte.

    command.py      options in, exit code and reports out
    comparing.py    one thread, made from the archive once more and laid beside what is stored
    differences.py  two values of whatever shape, field by field
    files.py        the bytes of files: archive, record and blob store
    report.py       what was found, counted; as JSON and for one screen
    page.py         the same as a page

Changes nothing, and writes its result into the audit log.
"""
