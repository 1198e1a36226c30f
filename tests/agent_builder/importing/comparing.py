"""Archives to be asked again, and what must be gone afterwards."""

from collections.abc import Sequence
from typing import Any

from tests.agent_builder.importing.conftest import Moving
from tests.hosted_api import Project

ROW = dict[str, Any]


def library(threads: int = 3, questions: Sequence[str] = ("Is it in?", "And the other one?")) -> Project:
    """Return threads in which the same questions were asked, each answered with its number."""
    project = Project()
    for number in range(threads):
        thread_id = project.add_thread(f"cthr_{number}", user=f"guest_{number}")
        for place, question in enumerate(questions, 1):
            project.add_exchange(thread_id, question, f"Old answer {place}.")
    return project


def turns(report: ROW, thread: int = 0) -> list[ROW]:
    """Return what came of each question of a thread."""
    found: list[ROW] = report["threads"][thread]["turns"]
    return found


def states(report: ROW, thread: int = 0) -> list[str]:
    """Return how each question of a thread ended."""
    return [turn["new"]["state"] for turn in turns(report, thread)]


async def left_here(moving: Moving) -> ROW:
    """Return what stands in the database of conversations, whoever's: what was imported, and nothing else."""
    counted = {
        name: (await moving.rows(f"select count(*) from chatkit.{name}"))[0]["count"]
        for name in ("turns", "pauses", "sessions", "blob_removals")
    }
    return {**await moving.everything(), **counted}
