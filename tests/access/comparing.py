"""Whether an answer about what is another's tells anything beyond one about nothing."""

import httpx2

from tests.access.asking import Request
from tests.access.conftest import SECRET, Matrix
from tests.access.identities import Stranger
from tests.access.things import Things

ALL = "everything"
"""In the place of a name of something: all of them at once."""

_DIFFERS = {"x-request-id", "date", "set-cookie"}
"""Headers that are new with every answer."""

Compared = tuple[int, tuple[tuple[str, str], ...], bytes]


def named(matrix: Matrix, stranger: Stranger, whose: str, place: str = ALL) -> Things:
    """Return what a stranger speaks of: their own, but for one place, or none of their own.

    `whose` are the names that are taken: `things`, `deleted` or `unknown` of the matrix.
    """
    own, of = stranger.own or matrix.unknown, getattr(matrix, whose)
    # A signed query is left out: whoever has one may use it.
    return {**own, **{name: of[name] for name in of if place in (ALL, name) and not name.endswith("_query")}}


def compared(response: httpx2.Response, names: Things) -> Compared:
    """Return an answer without what may differ: the id of the request, and the names that came with it."""
    body = response.content
    for name in names.values():
        if len(name) > 8:
            body = body.replace(name.encode(), b"*")
    headers = tuple(pair for pair in response.headers.items() if pair[0] not in _DIFFERS)
    return response.status_code, headers, body


async def difference(
    matrix: Matrix, request: Request, stranger: Stranger, whose: str, place: str = ALL
) -> str | None:
    """Return what a stranger learns who asks for what is, or was, Ann's; None where it is nothing."""
    anothers, nothing = (named(matrix, stranger, of, place) for of in (whose, "unknown"))
    answer = await request.send(stranger.client, anothers)
    expected = await request.send(stranger.client, nothing)
    if SECRET in answer.text or answer.status_code >= 500:
        return answer.text
    if _is_stream(answer):
        # What is no name of anything to the server is text, and begins an answer all the same.
        told = (set(matrix.things.values()) - set(anothers.values())) & set(answer.text.split('"'))
        return None if _is_stream(expected) and not told else f"{told} {expected.text}"
    if compared(answer, anothers) != compared(expected, nothing):
        return f"{answer.status_code} {answer.text} instead of {expected.status_code} {expected.text}"
    return None


def _is_stream(response: httpx2.Response) -> bool:
    return response.headers.get("content-type", "").startswith("text/event-stream")
