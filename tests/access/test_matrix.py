"""Who asks for what is another's learns what they would learn of what does not exist, and changes nothing.

Generated: each row of `asking.py`, in each place for a name of something. Here it is another user who asks;
`test_identities.py` has everybody else.
"""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from chatkit.types import ChatKitReq

from tests.access.asking import HOSTED, OF_NOBODY, OPERATIONS, ROUTES, Request, requests
from tests.access.comparing import ALL, difference
from tests.access.conftest import SECRET, Matrix, session_of
from tests.access.identities import IDENTITIES
from tests.access.things import MALFORMED, OTHER_KIND, PREFIXES, things_of
from tests.project.test_documentation import routes

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.unpublished("the demo's widget has actions that are answered at once"),
]

SPENT = {"unsent", "announced"}
"""What can be used once."""

REQUESTS = {request.name: request for request in requests()}


def cells() -> Iterator[Any]:
    """Yield each row with each of its places, and with all of them at once."""
    for request in REQUESTS.values():
        for place in [*request.places, ALL] if request.places else []:
            yield pytest.param(request, place, id=f"{request.name}-{place}")


@pytest.mark.proves("SEC-01", "SEC-03", "SEC-04")
@pytest.mark.parametrize("whose", ["things", "deleted"])
@pytest.mark.parametrize(("request_", "place"), [*cells()])
async def test_anothers_is_answered_like_nothing_and_stays_as_it_is(
    matrix: Matrix, request_: Request, place: str, whose: str
) -> None:
    who, before = matrix.strangers["other user"], await matrix.rows_of_ann()
    assert await difference(matrix, request_, who, whose, place) is None
    assert await matrix.rows_of_ann() == before


@pytest.mark.proves("SEC-01", "SEC-03")
@pytest.mark.parametrize("request_", [pytest.param(r, id=name) for name, r in REQUESTS.items() if r.places])
async def test_what_is_no_name_or_one_of_another_kind_is_refused_and_changes_nothing(
    matrix: Matrix, request_: Request
) -> None:
    who, before = matrix.strangers["other user"], await matrix.rows_of_ann()
    assert who.own is not None
    for place in request_.places:
        prefix = PREFIXES.get(place)
        other_kind = [matrix.things[OTHER_KIND[prefix]], who.own[OTHER_KIND[prefix]]] if prefix else []
        for name in [*MALFORMED, *other_kind]:
            named = {**who.own, place: name}
            if request_.operation is None and (not name or not name.isascii()):
                continue
            answer = await request_.send(who.client, named)
            assert answer.status_code < 500, (place, name, answer.text)
            assert SECRET not in answer.text
    assert await matrix.rows_of_ann() == before


@pytest.mark.proves("SEC-01")
@pytest.mark.parametrize("stranger", [name for name, who in IDENTITIES.items() if who.is_known])
async def test_lists_hold_nothing_of_anothers(matrix: Matrix, stranger: str) -> None:
    client = matrix.strangers[stranger].client
    found = await client.call("threads.list", limit=100)
    assert not {thread["id"] for thread in found["data"]} & set(matrix.things.values())
    assert SECRET not in str(found)


@pytest.mark.proves("SEC-01")
@pytest.mark.parametrize("mode", ["guest", "session"])
async def test_each_row_is_a_request_that_its_owner_may_make(matrix: Matrix, mode: str) -> None:
    refused, spent = {}, set[str]()
    secret = (await session_of(matrix.backend, "carl")).client_secret
    carl = matrix.server.client() if mode == "guest" else matrix.backend.page_of(secret)
    things = await things_of(carl, "carl")
    for request in sorted(REQUESTS.values(), key=lambda request: request.operation == "threads.delete"):
        if f"{HOSTED}/" in request.name and not (mode == "session" and "conversation" in request.name):
            continue
        if spent.intersection(request.places):
            things, spent = await things_of(carl, "carl"), set()
        spent |= SPENT.intersection(request.places)
        answer = await request.send(carl, things)
        if answer.status_code >= 400 and request.operation != "input.transcribe":
            refused[request.name] = answer.text
    assert refused == {}


@pytest.mark.proves("SEC-02")
async def test_every_operation_has_a_row() -> None:
    union = get_args(ChatKitReq)[0]
    kinds = {get_args(part.model_fields["type"].annotation)[0] for part in get_args(union)}
    assert kinds == OPERATIONS.keys()


@pytest.mark.proves("SEC-02")
async def test_every_route_has_a_row(matrix: Matrix) -> None:
    rows = {(route.method, route.route) for route in ROUTES} | {("POST", "/chatkit")}
    served = {
        (method, path)
        for path, methods in routes(matrix.server.http.config.app)
        for method in methods.split(", ")
        if path not in OF_NOBODY
    }
    assert served == rows
