"""How long a start takes: the first one with an embedded database, a later one, and `--help`.

    python -m benchmarks.start

Each counts with its best round: what is slower than that is the machine's doing. The seconds of processor
that a start takes in all, its database included, hold also where others use the machine.
"""

import resource
import signal
import subprocess
import sys
import tempfile
import time
from os import environ
from pathlib import Path
from typing import NamedTuple

ROUNDS = 5
COMMAND = (sys.executable, "-m", "app.cli")
READY = "chatkit-server "
"""What the line begins with that says requests are answered."""

COLD_BUDGET, HELP_BUDGET = 8.0, 0.5


class Taken(NamedTuple):
    """What one start took, in seconds."""

    elapsed: float
    processor: float


def start(data_dir: Path) -> Taken:
    """Start a server and stop it once it is ready."""
    before = _processor_seconds()
    begun = time.perf_counter()
    settings = {"CHATKIT_DATA_DIR": str(data_dir), "CHATKIT_LOG_LEVEL": "ERROR"}
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        env={name: value for name, value in environ.items() if not name.startswith("CHATKIT_")} | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout
        line = server.stdout.readline()
        elapsed = time.perf_counter() - begun
        server.send_signal(signal.SIGINT)
    if not line.startswith(READY):
        raise SystemExit("The server did not start.")
    return Taken(elapsed, _processor_seconds() - before)


def ask_for_help() -> Taken:
    """Run `--help` to its end."""
    before = _processor_seconds()
    begun = time.perf_counter()
    subprocess.run([*COMMAND, "--help"], stdout=subprocess.DEVNULL, check=True)
    return Taken(time.perf_counter() - begun, _processor_seconds() - before)


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print each figure beside its budget."""
    cold, warm, asking = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            cold.append(start(Path(folder)))
            warm.append(start(Path(folder)))
        asking.append(ask_for_help())
    for what, taken, budget in (
        ("start to ready, the database to be made", cold, f"   (budget {COLD_BUDGET:.1f})"),
        ("start to ready, the database there", warm, ""),
        ("--help", asking, f"   (budget {HELP_BUDGET:.1f})"),
    ):
        elapsed, processor = (min(column) for column in zip(*taken, strict=True))
        print(f"{what:42} {elapsed:5.2f} s   processor, to the end {processor:5.2f} s{budget}")


if __name__ == "__main__":
    main()
