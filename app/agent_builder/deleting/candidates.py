"""Which threads may be deleted, as far as can be told here: whole in the archive, here as they were saved.

A verification may be days old. Each thread is compared once more, now.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from app.agent_builder.importing.run import ASKED_AT_ONCE
from app.agent_builder.importing.saved import SavedThread, SavedThreads
from app.agent_builder.verifying.comparing import Comparison
from app.db.engine import Database
from app.ids import ThreadId
from app.threads.importing.standing import NOTHING, standing

MAY_GO = ("same", "changed_here", "deleted_here")
_WHY_NOT = {
    "different": "it is not here as it was saved: run `verify`",
    "missing": "it is not here: run `import` and `verify`",
    "damaged": "it is damaged in the archive",
}
INCOMPLETE = "it was not saved whole: run `export` again"
FILE_FAILED = "a file of it could not be saved: run `export` again, or say --despite-lost-files"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thread; `why_not` says why it stays, if it does."""

    thread: SavedThread
    owner: str | None
    lost_files: int
    """Files whose bytes are not in the archive, and go for good."""
    why_not: str = ""


async def candidates(
    saved: SavedThreads,
    threads: list[SavedThread],
    comparison: Comparison,
    database: Database,
    *,
    despite_lost_files: bool,
) -> AsyncIterator[Candidate]:
    """Yield each of these threads, compared with the database."""
    incomplete = set(saved.incomplete())
    for start in range(0, len(threads), ASKED_AT_ONCE):
        some = threads[start : start + ASKED_AT_ONCE]
        found = await standing(database, [thread.id for thread in some])
        for thread in some:
            before = found.get(ThreadId(thread.id), NOTHING)
            verdict = await comparison.verdict(thread, before, in_sample=False)
            files = saved.files_of(thread.id)
            lost = [file for file in files if not file.get("file")]
            why_not = _WHY_NOT.get(verdict.state, "")
            if thread.id in incomplete:
                why_not = INCOMPLETE
            elif (
                not why_not and not despite_lost_files and any(file.get("state") == "failed" for file in lost)
            ):
                why_not = FILE_FAILED
            elif not why_not and verdict.state not in MAY_GO:
                why_not = verdict.state
            yield Candidate(thread, verdict.owner, len(lost), why_not)
