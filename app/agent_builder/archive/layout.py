"""Where things stand in an archive, and which version of the format this is.

`docs/archive.md` says the same in words. A change here that an older reader cannot follow raises `VERSION`.
"""

import hashlib
import re

FORMAT = "chatkit-archive"
VERSION = 1

MANIFEST = "manifest.json"
THREADS = "threads.jsonl"
ATTACHMENTS = "attachments.jsonl"
FAILURES = "failures.jsonl"
ITEMS_DIRECTORY = "items"
BLOBS_DIRECTORY = "attachments"
EARLIER_DIRECTORY = "earlier"
WORK_DIRECTORY = ".export"

FILES_BEGIN = b'"files": [\n'
"""Behind this in the manifest each file stands on a line of its own, so that it can be read line by line."""

_PLAIN_ID = re.compile(r"[a-z0-9_-]{1,100}")
_LISTED_PATH = re.compile(
    rf"({THREADS}|{ATTACHMENTS}|{FAILURES}"
    rf"|{ITEMS_DIRECTORY}/[A-Za-z0-9_~-]{{1,128}}\.jsonl"
    rf"|{EARLIER_DIRECTORY}/[A-Za-z0-9_~-]{{1,128}}\.[0-9a-f]{{12}}\.jsonl"
    rf"|{BLOBS_DIRECTORY}/[0-9a-f]{{64}})"
)


def file_stem(thread_id: str) -> str:
    """Name the files of a thread: its id, or a readable form and a hash where the id is no safe file name.

    Upper case counts as unsafe, because two ids that differ only in case are one file on many machines.
    """
    if _PLAIN_ID.fullmatch(thread_id):
        return thread_id
    readable = re.sub(r"[^A-Za-z0-9_-]", "_", thread_id)[:80]
    return f"{readable}~{hashlib.sha256(thread_id.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def items_path(thread_id: str) -> str:
    """Path of a thread's items, relative to the archive."""
    return f"{ITEMS_DIRECTORY}/{file_stem(thread_id)}.jsonl"


def earlier_path(thread_id: str, sha256: str) -> str:
    """Path at which a superseded version of a thread's items is kept."""
    return f"{EARLIER_DIRECTORY}/{file_stem(thread_id)}.{sha256[:12]}.jsonl"


def blob_path(sha256: str) -> str:
    """Path of the bytes of an attachment."""
    return f"{BLOBS_DIRECTORY}/{sha256}"


def is_listed_path(path: str) -> bool:
    """Say whether a manifest may name this path; anything else could point outside the archive."""
    return _LISTED_PATH.fullmatch(path) is not None
