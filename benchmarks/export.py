"""What bounds an export: the latency of the API, and the memory it takes over many threads.

    python -m benchmarks.export

The fake hosted API answers after a fixed latency; the exporter is the standalone file in a process of its
own. The ratio compares the time from the first request to the last with what latency alone would take, were
exactly `concurrency` requests always under way.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.agent_builder import measured_export
from tests.hosted_api import FakeHostedApi, Project, Request
from tests.hosted_api.api import KEY

LATENCY = 0.15
THREADS = 600
CONCURRENCIES = (2, 8, 16)
SIZES = (100, 10_000)


def library(threads: int) -> Project:
    """Threads of two items, as most are."""
    project = Project()
    for number in range(threads):
        project.add_exchange(project.add_thread(f"cthr_{number:06}", user=f"reader-{number % 50}"))
    return project


def export(hosted: FakeHostedApi, out: Path, *options: str) -> int:
    """Export in a process of its own; return the most memory it held, in kilobytes."""
    done = subprocess.run(
        [sys.executable, measured_export.__file__, "--out", str(out), *options],
        env={**os.environ, "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": hosted.base_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return int(done.stdout)


def measure_speed(folder: Path) -> None:
    """Print how close an export comes to what latency allows."""
    print(f"{THREADS} threads, {1000 * LATENCY:.0f} ms latency")
    for concurrency in CONCURRENCIES:
        moments: list[float] = []

        async def far_away(request: Request, moments: list[float] = moments) -> None:
            moments.append(time.monotonic())
            await asyncio.sleep(LATENCY)

        with FakeHostedApi(library(THREADS)) as hosted:
            hosted.pace = far_away
            export(hosted, folder / f"speed-{concurrency}", "--concurrency", str(concurrency))
        took, ideal = moments[-1] - moments[0] + LATENCY, len(moments) * LATENCY / concurrency
        rate = len(moments) / took
        print(
            f"  --concurrency {concurrency:<3} {took:6.1f} s, latency alone {ideal:6.1f} s, "
            f"ratio {took / ideal:.2f}, {rate:.0f} requests/s"
        )


def measure_memory(folder: Path) -> None:
    """Print the peak memory of a first run and of a second one, small and large."""
    print("peak memory")
    for threads in SIZES:
        out = folder / f"memory-{threads}"
        with FakeHostedApi(library(threads)) as hosted:
            started = time.monotonic()
            first = export(hosted, out, "--concurrency", "16")
            took = time.monotonic() - started
            second = export(hosted, out, "--concurrency", "16", "--delta")
        again = f"--delta {second / 1024:.0f} MB"
        print(f"  {threads:>6} threads: first run {first / 1024:.0f} MB in {took:.0f} s, {again}")


def main() -> None:
    """Measure both."""
    with tempfile.TemporaryDirectory(prefix="chatkit-export-") as folder:
        measure_speed(Path(folder))
        measure_memory(Path(folder))


if __name__ == "__main__":
    main()
