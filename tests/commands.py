"""`chatkit-server …` as an operator calls it, without the second that a process of its own takes to start."""

import asyncio
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass

from app.cli import main

PATIENCE = 60.0


@dataclass(frozen=True)
class Told:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


async def command(*words: str, **environ: str) -> Told:
    """Call one in an environment that has no settings but these; the test's own loop goes on meanwhile."""
    out, err = io.StringIO(), io.StringIO()

    def call() -> int:
        with redirect_stdout(out), redirect_stderr(err):
            try:
                return main(list(words))
            except SystemExit as left:
                return int(left.code or 0)

    with _environment(environ):
        code = await asyncio.wait_for(asyncio.to_thread(call), PATIENCE)
    return Told(code, out.getvalue(), err.getvalue())


@contextmanager
def _environment(environ: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    for name in before:
        if name.startswith(("CHATKIT_", "OPENAI_", "SSH_", "SUDO_")):
            del os.environ[name]
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
