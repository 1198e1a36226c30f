"""The `import` command: options in, what became of the archive out."""

import argparse
import asyncio
import json
import sys
import time
from contextlib import aclosing

from app.agent_builder.archive.reader import ArchiveProblem
from app.agent_builder.importing.composing import Composer
from app.agent_builder.importing.outcome import Outcome
from app.agent_builder.importing.owners import Owners, read_owners
from app.agent_builder.importing.progress import Progress
from app.agent_builder.importing.run import Import
from app.agent_builder.importing.saved import SavedThreads
from app.agent_builder.terminal import print_text
from app.assistant.loading import load_assistant
from app.attachments import FileRules
from app.attachments.blobs import Blobs
from app.attachments.content import Inspector
from app.attachments.importing import FileImporter
from app.attachments.rules import limits_of_server
from app.db.opening import open_database
from app.errors import ChatKitServerError, ConfigurationError
from app.languages import LANGUAGES
from app.settings import Settings, load_settings
from app.threads.image_domains import image_domains
from app.workflows.catalogue import workflow_files

EXIT_COMPLETE, EXIT_FINDINGS = 0, 1
UNIT_SECONDS = 60.0
"""How long the longest thread may take."""


def run(options: argparse.Namespace) -> int:
    """Import an archive: 0 all of it is here, 1 something is not, 2 it could not start."""
    if options.language not in LANGUAGES:
        raise ConfigurationError(f"The language is one of {', '.join(LANGUAGES)}.")
    if not options.archive.is_dir():
        raise ConfigurationError(f"{options.archive} is no folder.")
    owners = read_owners(
        options.user_map,
        options.user_template,
        users_match=options.users_match,
        may_merge=options.merge_users,
    )
    try:
        saved = SavedThreads(options.archive, despite_damage=options.despite_damage)
        outcome = asyncio.run(_imported(options, saved, owners, load_settings()))
    except ArchiveProblem as problem:
        return _stopped(options, str(problem))
    except ChatKitServerError as error:
        return _stopped(options, f"{error.message} What is imported stays; run the same command again.")
    text = json.dumps(outcome.as_json(), indent=2) if options.json else outcome.as_words()
    print_text(text)
    return EXIT_COMPLETE if outcome.is_complete else EXIT_FINDINGS


async def _imported(
    options: argparse.Namespace, saved: SavedThreads, owners: Owners, settings: Settings
) -> Outcome:
    outcome = Outcome(options.dry_run)
    progress = Progress(sys.stderr, "imported", saved.total)
    begun = time.monotonic()
    limits = limits_of_server(settings).within(await _rules_for_files(settings))
    async with open_database(settings, unit_seconds=UNIT_SECONDS) as opened:
        blobs = Blobs(settings.files_url, settings.data_dir / "files")
        files = FileImporter(opened.database, blobs, Inspector(), limits, options.dry_run)
        domains = image_domains(settings.public_url or "", settings.image_domains)
        composer = Composer(saved, files, domains, options.language)
        work = Import(
            opened.database, saved, owners, composer, files, outcome, progress, options.restore_deleted
        )
        try:
            await work.run()
        finally:
            progress.close()
    outcome.seconds = time.monotonic() - begun
    return outcome


async def _rules_for_files(settings: Settings) -> FileRules:
    """Return what the assistant takes; exported workflows say nothing of files, and are not run for that."""
    if workflow_files(settings.agent):
        return FileRules()
    async with aclosing(load_assistant(settings)) as assistant:
        return assistant.files or FileRules()


def _stopped(options: argparse.Namespace, sentence: str) -> int:
    if options.json:
        print_text(json.dumps({"complete": False, "problem": sentence}, indent=2))
    sys.stderr.write(f"chatkit-server: {sentence}\n")
    return EXIT_FINDINGS
