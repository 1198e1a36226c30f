"""Fails the test in which a frame was not valid, and the run in which a value had not its published type.

Values travel with their test's report, so that they also come when tests run in several processes.
"""

from collections.abc import Iterator

import pytest

from tests.frames.seen import SEEN, Typed

KEY = "seen on the wire"


@pytest.fixture(autouse=True)
def every_frame_is_valid(request: pytest.FixtureRequest) -> Iterator[None]:
    """Look at what the test has seen."""
    yield
    problems, typed = SEEN.take(keep_typed=request.node.get_closest_marker("unpublished") is None)
    request.node.user_properties += [(KEY, [value.type, value.json]) for value in typed]
    assert not problems, "\n".join(problems)


class PublishedTypes:
    """Collects what all tests have seen, and has it checked once."""

    def __init__(self) -> None:
        self._seen: dict[Typed, str] = {}
        self._wrong: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a test has seen."""
        if report.when == "teardown":
            for key, value in report.user_properties:
                if key == KEY:
                    self._seen.setdefault(Typed(*value), report.nodeid)  # type: ignore[misc]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Check all of it; one wrong value fails the run."""
        if not self._seen:
            return
        from tests.frames.published import PACKAGES, untypable

        if not PACKAGES.is_dir():
            self._wrong.append("nothing was checked: `make` installs the package with the types")
            return
        for typed, problem in untypable(list(self._seen)):
            self._wrong.append(f"{self._seen[typed]} shows {typed.json}: {problem}")
        if self._wrong:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what is wrong."""
        if self._wrong:
            terminalreporter.section("not as @openai/chatkit publishes it")
            for line in self._wrong:
                terminalreporter.write_line(line, red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Check in the process that sees the reports of all others."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(PublishedTypes(), "published types")
