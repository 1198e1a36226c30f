"""The `verify` command: an archive, what is stored of it, and the differences."""

import argparse
import asyncio
import hashlib
import json
import random
import sys
import time
from collections import defaultdict

from app.agent_builder.archive.layout import ATTACHMENTS, ITEMS_DIRECTORY, MANIFEST, THREADS
from app.agent_builder.archive.reader import ArchiveProblem, manifest_sha256
from app.agent_builder.importing.progress import Progress
from app.agent_builder.importing.run import ASKED_AT_ONCE
from app.agent_builder.importing.saved import SavedThread, SavedThreads
from app.agent_builder.pages import write
from app.agent_builder.terminal import print_text
from app.agent_builder.verifying.comparing import Comparison
from app.agent_builder.verifying.files import StoredFiles
from app.agent_builder.verifying.page import page
from app.agent_builder.verifying.report import Report
from app.attachments.blobs import Blobs
from app.audit import Actor
from app.audit.verified import record_verification
from app.db.engine import Database
from app.db.opening import open_database
from app.errors import ChatKitServerError, ConfigurationError, Unavailable
from app.ids import ThreadId
from app.settings import Settings, load_settings
from app.threads.importing.standing import NOTHING, standing

EXIT_SAME, EXIT_DIFFERENT = 0, 1
UNIT_SECONDS = 60.0


def run(options: argparse.Namespace) -> int:
    """Verify: 0 everything is here as it was, 1 something is not, 2 it could not start."""
    if not options.archive.is_dir():
        raise ConfigurationError(f"{options.archive} is no folder.")
    if options.sample < 0:
        raise ConfigurationError("A sample has 0 threads or more.")
    try:
        report = asyncio.run(_verified(options, load_settings()))
    except (ArchiveProblem, ChatKitServerError) as problem:
        if options.json:
            print_text(json.dumps({"same": False, "problem": str(problem)}, indent=2))
        sys.stderr.write(f"chatkit-server: {problem}\n")
        return EXIT_DIFFERENT
    if options.html is not None:
        write(page(report), options.html)
    print_text(json.dumps(report.as_json(), indent=2) if options.json else report.as_words())
    return EXIT_SAME if report.is_same else EXIT_DIFFERENT


async def _verified(options: argparse.Namespace, settings: Settings) -> Report:
    manifest = manifest_sha256(options.archive)
    saved = SavedThreads(options.archive)
    report = Report(str(options.archive), str(saved.archive.manifest.get("content_sha256")), options.strict)
    progress = Progress(sys.stderr, "compared", saved.total)
    begun = time.monotonic()
    async with open_database(settings, unit_seconds=UNIT_SECONDS) as opened:
        files = StoredFiles(opened.database, Blobs(settings.files_url, settings.data_dir / "files"))
        comparison = Comparison(opened.database, saved, files)
        threads = list(saved.threads())
        sample = _sample(threads, options.sample)
        try:
            for start in range(0, len(threads), ASKED_AT_ONCE):
                some = threads[start : start + ASKED_AT_ONCE]
                found = await standing(opened.database, [thread.id for thread in some])
                for thread in some:
                    before = found.get(ThreadId(thread.id), NOTHING)
                    verdict = await comparison.verdict(thread, before, in_sample=thread.id in sample)
                    report.verdicts.append(verdict)
                    progress.done(verdict.in_archive.total())
        finally:
            progress.close()
        _look_at_the_other_files(saved)
        report.files = files.counts
        report.findings, report.incomplete = saved.findings, saved.incomplete()
        report.shared_owners = _shared(report)
        if manifest == manifest_sha256(options.archive):
            report.is_recorded = await _record(opened.database, manifest, report)
    report.seconds = time.monotonic() - begun
    return report


async def _record(database: Database, manifest: str, report: Report) -> bool:
    """Write the result down where it cannot be changed: what is deleted elsewhere may rely on it."""
    threads = len(report.verdicts)
    try:
        await record_verification(
            database, Actor.at_command_line(), manifest, threads=threads, is_same=report.is_whole
        )
    except Unavailable:
        # As on a read-only replica.
        return False
    return True


def _sample(threads: list[SavedThread], size: int) -> set[str]:
    return {thread.id for thread in random.sample(threads, min(size, len(threads)))}


def _look_at_the_other_files(saved: SavedThreads) -> None:
    """Compare what was not read with the manifest: bytes of files, earlier versions, failures."""
    for entry in saved.archive.entries():
        path = entry["path"]
        if path in (THREADS, ATTACHMENTS) or path.startswith(f"{ITEMS_DIRECTORY}/"):
            continue
        try:
            damage = saved.archive.damage(path)
        except ArchiveProblem as problem:
            damage = str(problem)
        if damage and not any(finding.file == path for finding in saved.findings):
            saved.note(path, 0, damage)
    if hash_of(saved) != saved.archive.manifest.get("content_sha256"):
        saved.note(MANIFEST, 0, "its list of files is not what was saved")


def hash_of(saved: SavedThreads) -> str:
    """Return the hash of the list of files, as `docs/archive.md` defines it."""

    digest = hashlib.sha256()
    for entry in saved.archive.entries():
        digest.update(f"{entry['sha256']}  {entry['path']}\n".encode())
    return digest.hexdigest()


def _shared(report: Report) -> dict[str, list[str]]:
    users = defaultdict[str, set[str]](set)
    for verdict in report.verdicts:
        if verdict.owner and verdict.user:
            users[verdict.owner].add(verdict.user)
    return {owner: sorted(found) for owner, found in sorted(users.items()) if len(found) > 1}
