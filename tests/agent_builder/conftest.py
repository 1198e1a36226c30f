"""Running an export in this process, and a clock that passes waits without waiting."""

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.agent_builder.archive.reader import Archive
from app.agent_builder.export.clock import Clock
from app.agent_builder.export.command import main
from tests.hosted_api import FakeHostedApi
from tests.hosted_api.api import KEY

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class _OnceAround:
    """Awaiting it lets every other task have its turn."""

    def __await__(self) -> Generator[None]:
        yield


@dataclass
class FakeTime:
    """Time that moves only when somebody waits; `waits` are the waits, in order."""

    start: datetime = NOON
    passed: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        """The clock to hand to an export."""
        return Clock(self._now, lambda: self.passed, self._sleep)

    def _now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.passed += seconds
        await _OnceAround()


@dataclass
class Outcome:
    """What an export left: exit code, what it printed, and the archive if there is one."""

    code: int
    printed: str
    said: str
    out: Path

    @property
    def report(self) -> dict[str, Any]:
        """The outcome of `--json`."""
        return dict(json.loads(self.printed))

    @property
    def archive(self) -> Archive:
        """The archive, read anew."""
        return Archive(self.out)


Export = Callable[..., Outcome]


@pytest.fixture
def export(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Export:
    """Run `export` against a fake API: `export(api, "--user", "x", json=False, time=…, key=…, out=…)`."""

    def run(
        hosted: FakeHostedApi,
        *options: str,
        json: bool = True,
        time: FakeTime | None = None,
        key: str = KEY,
        out: Path = tmp_path / "archive",
    ) -> Outcome:
        monkeypatch.setenv("OPENAI_API_KEY", key)
        monkeypatch.setenv("OPENAI_BASE_URL", hosted.base_url)
        capsys.readouterr()
        chosen = ["--out", str(out), *(["--json"] if json else []), *options]
        code = main(chosen, (time or FakeTime()).clock)
        printed, said = capsys.readouterr()
        return Outcome(code, printed, said, out)

    return run


def content(root: Path) -> dict[str, bytes]:
    """Every file under a directory, by path."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
