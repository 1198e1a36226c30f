"""Nothing is too long to be read; the limits themselves stand in `tools/sizes.py`."""

from pathlib import Path

import pytest

from tools import sizes
from tools.tracked import tracked_files


def test_no_file_and_no_function_is_too_long() -> None:
    assert [problem for path in tracked_files(*sizes.SOURCES) for problem in sizes.too_long(path)] == []


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a = 1\n" * sizes.LONGEST_FILE, 0),
        ("a = 1\n" * (sizes.LONGEST_FILE + 1), 1),
        ("def f():\n" + "    a = 1\n" * (sizes.LONGEST_FUNCTION - 1), 0),
        ("class C:\n    async def f():\n" + "        a = 1\n" * sizes.LONGEST_FUNCTION, 1),
    ],
)
def test_the_limits_hold_to_the_line(tmp_path: Path, text: str, problems: int) -> None:
    path = tmp_path / "module.py"
    path.write_text(text)
    assert len(list(sizes.too_long(path))) == problems
