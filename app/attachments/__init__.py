"""Files of users: uploads, their bytes, previews, signed addresses, and what the model is sent of them.

    attachments.py   files for everything else: read, address, send with a message, add to an answer
    uploads.py       taking in a file, announced or not
    one_at_a_time.py the user's uploads in a row, while they are weighed
    incoming.py      its bytes while they arrive
    rules.py         which files are taken; `FileRules` is the integrator's part of it
    names.py         how a file may be called
    recognition.py   its type, found out from its bytes; content.py with images.py: its smaller forms
    blobs.py         where bytes are: a folder, or object storage
    failures.py      what is said when the disk or the storage fails
    rows.py          the statements on `attachments` while a file is on its way
    addresses.py     signed addresses; serving.py: what a browser is told to do with what is there
    direct.py        addresses of the object storage itself; arrivals.py: what browsers have put there
    for_model.py     files in what a model is sent
    collecting.py    removing what nobody needs
    importing.py     files of imported threads; import_rows.py their statements
    unavailable.py   files without bytes

Must not know HTTP, turns, or which assistant is loaded.
"""

from app.attachments.attachments import Attachments, FileElsewhere, OpenedFile, StoredFile
from app.attachments.rules import FileRules, Limits

__all__ = ["Attachments", "FileElsewhere", "FileRules", "Limits", "OpenedFile", "StoredFile"]
