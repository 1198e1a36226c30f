"""The status of every answer that a test gets, against the server's own description of its routes."""

import re
from functools import cache

import httpx2

from tests.frames.seen import SEEN


@cache
def _described() -> list[tuple[str, re.Pattern[str], set[str]]]:
    """Return each method, the addresses at which it is answered, and with which statuses."""
    from app.openapi.document import operations

    return [
        (
            method.upper(),
            re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(operation.path))),
            set(operation.answers),
        )
        for operation in operations()
        for method in operation.methods
    ]


async def check_described(response: httpx2.Response) -> None:
    """Take notice of an answer; hand it to a client as a hook for its responses."""
    method, path = response.request.method, response.request.url.path
    for described, addresses, statuses in _described():
        if method == described and addresses.fullmatch(path) and str(response.status_code) not in statuses:
            SEEN.problems.append(f"{method} {path} is answered with {response.status_code}, as nothing says")
