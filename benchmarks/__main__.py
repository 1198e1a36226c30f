"""Run every benchmark, or those that are named: `python -m benchmarks [mapper] [turns] [store] [start] …`."""

import subprocess
import sys

ALL = ("mapper", "turns", "store", "isolation", "start", "export", "limits", "importing")


def main(names: list[str]) -> int:
    """Run them one after the other; return the worst of their exit codes."""
    worst = 0
    for name in names or ALL:
        print(f"==> {name}", flush=True)
        worst = max(
            worst, subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
        )
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
