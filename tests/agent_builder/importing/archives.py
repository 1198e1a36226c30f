"""Archives made from a project, without an API in between, and changed as a test wants them."""

import hashlib
import json
from pathlib import Path
from typing import Any

from app.agent_builder.archive.layout import (
    ATTACHMENTS,
    BLOBS_DIRECTORY,
    FAILURES,
    FILES_BEGIN,
    ITEMS_DIRECTORY,
    MANIFEST,
    THREADS,
    VERSION,
    blob_path,
    items_path,
)
from tests.hosted_api import Project


def write_archive(project: Project, root: Path) -> Path:
    """Write what an export of `project` leaves; return its folder."""
    for folder in (root, root / ITEMS_DIRECTORY, root / BLOBS_DIRECTORY):
        folder.mkdir(parents=True, exist_ok=True)
    _write_lines(root / THREADS, [thread.text for thread in project.threads])
    records = list[dict[str, Any]]()
    for thread in project.threads:
        texts = [item.text for item in project.items[thread.id]]
        _write_lines(root / items_path(thread.id), texts)
        for text in texts:
            records += _records(project, root, thread.id, text)
    _write_lines(root / ATTACHMENTS, [json.dumps(record) for record in records])
    _write_lines(root / FAILURES, [])
    seal(root)
    return root


def seal(root: Path, **changed: Any) -> None:
    """Write the manifest for what is in the folder now; `changed` are fields of it."""
    names = [THREADS, ATTACHMENTS, FAILURES]
    for folder in (ITEMS_DIRECTORY, BLOBS_DIRECTORY):
        names += sorted(f"{folder}/{path.name}" for path in (root / folder).iterdir())
    entries = [_entry(root, name) for name in names]
    checksums = "".join(f"{entry['sha256']}  {entry['path']}\n" for entry in entries)
    lines = (root / THREADS).read_bytes().count(b"\n")
    header = {
        "format": "chatkit-archive",
        "version": VERSION,
        "project": "proj_library",
        "base_url": "https://api.example/v1",
        "content_sha256": hashlib.sha256(checksums.encode()).hexdigest(),
        "counts": {"threads": lines, "items": 0, "users": 0, "attachments": {}, "failures": 0},
        "runs": [{"started_at": "2026-11-22T12:00:00Z"}],
        **changed,
    }
    listed = ",\n".join(f"    {json.dumps(entry)}" for entry in entries)
    text = json.dumps(header, indent=2).removesuffix("\n}") + ",\n  " + FILES_BEGIN.decode()
    (root / MANIFEST).write_text(f"{text}{listed}\n  ]\n}}\n")


def replace_in(path: Path, old: str, new: str) -> None:
    """Change a text in a file, which must be there."""
    data = path.read_bytes()
    assert old.encode() in data
    path.write_bytes(data.replace(old.encode(), new.encode(), 1))


def _write_lines(path: Path, texts: list[str]) -> None:
    path.write_bytes("".join(f"{text}\n" for text in texts).encode())


def _entry(root: Path, name: str) -> dict[str, Any]:
    data = (root / name).read_bytes()
    return {"path": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _records(project: Project, root: Path, thread_id: str, text: str) -> list[dict[str, Any]]:
    item = json.loads(text)
    listed = item.get("attachments")
    return [
        {
            "thread_id": thread_id,
            "item_id": item["id"],
            "attachment_id": given["id"],
            **{name: given.get(name) for name in ("name", "mime_type", "type")},
            **_bytes(project, root, given),
        }
        for given in (listed if isinstance(listed, list) else [])
    ]


def _bytes(project: Project, root: Path, given: dict[str, Any]) -> dict[str, Any]:
    found = {
        "preview": project.previews.get(str(given.get("preview_url"))),
        "file": project.files.get(given["id"]),
    }
    blobs = {name: None if data is None else _blob(root, data) for name, data in found.items()}
    is_there = any(blobs.values())
    return {"state": "downloaded" if is_there else "metadata_only", "reason": None, **blobs}


def _blob(root: Path, data: bytes) -> dict[str, Any]:
    sha256 = hashlib.sha256(data).hexdigest()
    (root / blob_path(sha256)).write_bytes(data)
    return {"sha256": sha256, "bytes": len(data), "content_type": "application/octet-stream"}
