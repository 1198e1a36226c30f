"""The tests of the server, as `make test` runs them: `python -m tools.testing [arguments of pytest]`.

In continuous integration, where `CI` is set, the few that failed beside others are run once more by
themselves, and only what fails again fails the build. The last lines say what came of it.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

MOST = 5
"""Of so many failures each may be a busy machine's; of more, it is none of them."""

FAILED = 1
"""pytest's code for tests that failed; whatever else stops it is nothing to try again."""


def main(arguments: Sequence[str]) -> int:
    """Run pytest, and what failed again where it may be; return its exit code."""
    if not os.environ.get("CI"):
        return _pytest(arguments)
    with tempfile.TemporaryDirectory(prefix="chatkit-testing-") as cache:
        arguments = [*arguments, "-o", f"cache_dir={cache}"]
        code = _pytest(arguments)
        failed = _failed(Path(cache))
        if code != FAILED or not failed:
            return code
        if len(failed) > MOST:
            _say(f"{_tests(failed)} failed, which is too many to be an accident: none is run again")
            return code
        _say(f"{_tests(failed)} failed beside others, and now by themselves:", *failed)
        code = _pytest([*arguments, "-n", "0", "--last-failed", "--last-failed-no-failures=none", "-v"])
        again = _failed(Path(cache)) if code else []
        passed = [name for name in failed if name not in again]
    if passed and code in (0, FAILED):
        _say(f"{_tests(passed)} failed beside others and passed alone:", *passed)
    if code:
        _say(f"{_tests(again)} failed beside others and alone, which fails the build:", *again)
    return code


def _pytest(arguments: Sequence[str]) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode


def _failed(cache: Path) -> list[str]:
    """Return the tests that have failed and not passed since, as pytest remembers them."""
    remembered = cache / "v/cache/lastfailed"
    return sorted(json.loads(remembered.read_text())) if remembered.is_file() else []


def _tests(names: Sequence[str]) -> str:
    return f"{len(names)} test" if len(names) == 1 else f"{len(names)} tests"


def _say(*lines: str) -> None:
    print("==>", "\n    ".join(lines), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
