"""The `compare` command: threads of an archive, asked again, and reports of what came of it."""

import argparse
import asyncio
import json
import logging
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager, suppress

from app.agent_builder.archive.reader import ArchiveProblem
from app.agent_builder.comparing.allowance import Allowance
from app.agent_builder.comparing.chat import Served
from app.agent_builder.comparing.page import page
from app.agent_builder.comparing.promptfoo import lines
from app.agent_builder.comparing.report import Report
from app.agent_builder.comparing.run import Chosen, Comparison, choose
from app.agent_builder.comparing.scratch import Scratch, scratch
from app.agent_builder.importing.progress import Progress
from app.agent_builder.importing.saved import SavedThreads
from app.agent_builder.pages import check_writable, write
from app.agent_builder.terminal import one_line, print_text
from app.context import FileTerms, Principal, RequestContext, SessionTerms
from app.db.presence import Presence
from app.errors import ChatKitServerError, ConfigurationError
from app.ids import new_id
from app.settings import Settings, load_settings

InProcess = Callable[[Settings], AbstractAsyncContextManager[Served]]

EXIT_FINE, EXIT_FINDINGS, EXIT_INTERRUPTED = 0, 1, 130

ALONE: Mapping[str, object] = {
    # Nobody reads titles, nobody signs in, and nothing listens.
    "titles": False,
    "auth": ("guest",),
    "host": "127.0.0.1",
}
MANY_FILES = 10**9


def run(options: argparse.Namespace, in_process: InProcess) -> int:
    """Compare: 0 fine, 1 something failed, 2 it could not start, 130 interrupted."""
    if not options.archive.is_dir():
        raise ConfigurationError(f"{options.archive} is no folder.")
    for path in filter(None, (options.html, options.jsonl)):
        check_writable(path)
    settings = load_settings(**ALONE)
    try:
        with _only_faults_logged():
            report = asyncio.run(_compared(options, settings, in_process))
    except asyncio.CancelledError:
        # Told to stop before anything was asked.
        return EXIT_INTERRUPTED
    except (ArchiveProblem, ChatKitServerError) as problem:
        if options.json:
            print_text(json.dumps({"fine": False, "problem": str(problem)}, indent=2))
        sys.stderr.write(f"chatkit-server: {problem}\n")
        return EXIT_FINDINGS
    if options.html is not None:
        write(page(report), options.html)
    if options.jsonl is not None:
        write("".join(f"{line}\n" for line in lines(report)), options.jsonl)
    print_text(json.dumps(report.as_json(), indent=2) if options.json else report.as_words())
    if report.is_interrupted:
        return EXIT_INTERRUPTED
    return EXIT_FINE if report.is_fine else EXIT_FINDINGS


async def _compared(options: argparse.Namespace, settings: Settings, in_process: InProcess) -> Report:
    _stop_when_told()
    saved = SavedThreads(options.archive)
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    begun = time.monotonic()
    async with in_process(settings) as served:
        report = Report(
            str(options.archive),
            str(saved.archive.manifest.get("content_sha256")),
            served.assistant.name,
            seed,
        )
        choose(saved, Chosen(options.threads, options.only, seed, options.turns), report)
        allowance = Allowance(options.max_turns, options.max_tokens)
        await _check_workflow(options.workflow, served)
        sys.stderr.write(_opening(report, options))
        past_poolers = settings.listen_database_url
        url = past_poolers.get_secret_value() if past_poolers else served.opened.url
        async with scratch(served, Presence(url)) as nobody:
            await _ask_all(options, served, saved, allowance, report, nobody, settings)
        report.not_removed = nobody.left
    report.findings = saved.findings
    report.seconds = time.monotonic() - begun
    return report


async def _ask_all(
    options: argparse.Namespace,
    served: Served,
    saved: SavedThreads,
    allowance: Allowance,
    report: Report,
    nobody: Scratch,
    settings: Settings,
) -> None:

    def context_of(number: int) -> RequestContext:
        return RequestContext(
            Principal(nobody.user(number)),
            new_id("req"),
            base_url=settings.public_url or "http://localhost",
            cancels_explicitly=True,
            session=_session(options.workflow, settings),
        )

    progress = Progress(sys.stderr, "asked", len(report.threads), "questions")
    try:
        await Comparison(served, saved, context_of, allowance, report, progress).run(options.concurrency)
    except asyncio.CancelledError:
        # What was answered has been paid for: it is reported, after everything is put away.
        report.is_interrupted = True
    finally:
        progress.close()


def _session(workflow: str | None, settings: Settings) -> SessionTerms | None:
    if workflow is None:
        return None
    files = FileTerms(enabled=True, max_bytes=settings.max_file_bytes, max_files=MANY_FILES)
    return SessionTerms(new_id("cksess"), workflow, titles=False, files=files)


async def _check_workflow(workflow: str | None, served: Served) -> None:
    if workflow is None:
        return
    known = served.assistant.workflows
    if known is None or not await known.known(workflow, None):
        raise ConfigurationError(f"CHATKIT_AGENT names no exported workflow {workflow}.")


def _opening(report: Report, options: argparse.Namespace) -> str:
    questions = min(sum(len(thread.rows) for thread in report.threads), options.max_turns)
    return (
        f"Asking {one_line(report.agent)} up to {questions:,} questions of {len(report.threads):,} threads. "
        "Its tools do what they do for users. Ctrl-C ends it with what is answered.\n"
    )


def _stop_when_told() -> None:
    """Have a polite kill do what Ctrl-C does."""
    task = asyncio.current_task()
    if task is not None:
        # Not in a thread, and not on every system.
        with suppress(NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


@contextmanager
def _only_faults_logged() -> Iterator[None]:
    """Say nothing of single answers that fail: the report does."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
