"""What an import and a verification of 100,000 items take, with the embedded database.

    python -m benchmarks.importing [THREADS] [ITEMS]

Makes its own archive, of threads with questions, answers, widgets, tool calls and tasks, and runs the two
commands on it, each in a process of its own, as an operator does. Their start is part of the time; a second
import, which finds everything there, is measured as well.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.agent_builder.importing.archives import write_archive
from tests.hosted_api import Project

THREADS, ITEMS = 10_000, 10
BUDGET = 5_000
"""Items per second of an import."""

TEXT = "An answer of some length, as a model gives one when it is asked something easy. " * 4
WIDGET = json.dumps({"type": "Card", "children": [{"type": "Text", "value": "Open until eight"}]})


def library(threads: int, items: int) -> Project:
    """Threads as they are: mostly talk, now and then something else."""
    project = Project()
    for number in range(threads):
        thread_id = project.add_thread(f"cthr_{number:07}", user=f"reader-{number % 500}")
        for place in range(0, items, 2):
            project.add_user_message(thread_id, f"Is the book {number}-{place} in?")
            _add_answer(project, thread_id, number + place)
    return project


def _add_answer(project: Project, thread_id: str, number: int) -> None:
    match number % 20:
        case 0:
            project.add_item(thread_id, "widget", widget=WIDGET)
        case 2:
            fields = {"call_id": "call_1", "name": "open", "arguments": "{}", "output": '{"ok": true}'}
            project.add_item(thread_id, "client_tool_call", status="completed", **fields)
        case 4:
            project.add_item(thread_id, "task", task_type="custom", heading="Looked", summary=None)
        case _:
            content = [{"type": "output_text", "text": TEXT, "annotations": []}]
            project.add_item(thread_id, "assistant_message", content=content)


def run(folder: Path, *arguments: str) -> tuple[float, dict[str, Any]]:
    """Run a command to its end; return how long it took, and its report."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CHATKIT_", "OPENAI_"))
    }
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "agent-builder", *arguments, "--json"],
        env={**environment, "CHATKIT_DATA_DIR": str(folder / "data")},
        stdout=subprocess.PIPE,
        check=True,
    )
    return time.perf_counter() - begun, json.loads(done.stdout)


def main(threads: int = THREADS, items: int = ITEMS) -> None:
    """Print items per second of each command, and of the import without the start of its process."""
    total = threads * items
    with tempfile.TemporaryDirectory(prefix="chatkit-import-") as name:
        folder = Path(name)
        root = str(write_archive(library(threads, items), folder / "archive"))
        print(f"{threads:,} threads, {total:,} items, {os.cpu_count()} cores")
        for what, *arguments in (
            ("import", "import", root, "--users-match"),
            ("import, again", "import", root, "--users-match"),
            ("verify", "verify", root),
        ):
            took, report = run(folder, *arguments)
            within = report["seconds"]
            budget = f"   (budget {BUDGET:,})" if what == "import" else ""
            print(
                f"  {what:<14} {took:6.1f} s in all, {within:6.1f} s of it at work: "
                f"{total / within:8,.0f} items/s{budget}"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
