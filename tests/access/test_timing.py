"""How long it takes to say no: whether the times tell somebody else's from nothing. Warns, never fails."""

import os
import statistics
import time
from collections.abc import Sequence

import pytest

from app.ids import new_id
from tests.access.asking import Request, requests
from tests.access.conftest import Matrix
from tests.access.things import Things

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.load,
    pytest.mark.unpublished("the demo's widget has actions that are answered at once"),
]

PAIRS = 500 if os.environ.get("CHAOS") == "full" else 25
SUSPICIOUS = 0.001
ROWS = ("threads.get_by_id", "items.list", "threads.update", "attachments.delete")


async def seconds(request: Request, matrix: Matrix, named: Things) -> float:
    client = matrix.strangers["other user"].client
    begun = time.perf_counter()
    await request.send(client, named)
    return time.perf_counter() - begun


def probability(first: Sequence[float], second: Sequence[float]) -> float:
    """Return how likely ranks this uneven are by chance: Mann and Whitney's test, two-sided."""
    ranked = sorted([(value, True) for value in first] + [(value, False) for value in second])
    ranks = sum(rank for rank, (_, is_first) in enumerate(ranked, 1) if is_first)
    n, m = len(first), len(second)
    expected, deviation = n * (n + m + 1) / 2, (n * m * (n + m + 1) / 12) ** 0.5
    return 2 * (1 - statistics.NormalDist().cdf(abs(ranks - expected) / deviation))


async def test_ranks_tell_what_differs_from_what_does_not() -> None:
    even, odd = [float(n) for n in range(0, 1000, 2)], [float(n) for n in range(1, 1000, 2)]
    assert probability(even, odd) > 0.5
    assert probability(even, [value + 100 for value in even]) < SUSPICIOUS


@pytest.mark.proves("SEC-07")
@pytest.mark.parametrize("name", ROWS)
async def test_anothers_takes_as_long_as_nothing(
    matrix: Matrix, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    request = next(request for request in requests() if request.name == name)
    own = matrix.strangers["other user"].own or {}
    times: dict[str, list[float]] = {"anothers": [], "nothing": []}
    for number in range(PAIRS):
        # A name is asked for once: the second time something might be remembered.
        nothing = {**own, **{place: new_id("thr") for place in request.places}}
        anothers = {**own, **{place: matrix.things[place] for place in request.places}}
        order = [("anothers", anothers), ("nothing", nothing)]
        for kind, named in order if number % 2 else reversed(order):
            times[kind].append(await seconds(request, matrix, named))
    chance = probability(times["anothers"], times["nothing"])
    medians = {kind: f"{1000 * statistics.median(taken):.2f} ms" for kind, taken in times.items()}
    assert all(len(taken) == PAIRS for taken in times.values())
    if chance < SUSPICIOUS:
        with capsys.disabled():
            print(  # noqa: T201
                f"\nWARNING: {name} may tell another's from nothing by its time: {medians}, {chance:.5f}"
            )
