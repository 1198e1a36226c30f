"""Run the standalone exporter, and say on standard output how many kilobytes it took at most.

The count is the kernel's, of this process alone: what a parent learns of an ended child includes the memory
of the parent it was forked from.
"""

import contextlib
import io
import re
import runpy
import sys
from pathlib import Path

EXPORTER = Path(__file__).parents[2] / "standalone/export.py"


def main(arguments: list[str]) -> int:
    """Export, print the peak, and hand the exit code on."""
    sys.argv = [str(EXPORTER), *arguments]
    code: object = 0
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            runpy.run_path(str(EXPORTER), run_name="__main__")
        except SystemExit as ended:
            code = ended.code
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    sys.stdout.write(peak[1] if peak else "0")
    return int(code) if isinstance(code, int) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
