"""Everybody who may come, with each row of the matrix: answered as they may be, and nothing of Ann's changes.

Generated: each of `identities.py` asks for all that is hers, and for all that was and is deleted.
"""

from typing import get_args

import httpx2
import pytest

from app.auth import permissions
from app.auth.permissions import READ_ONLY, Access
from app.settings import AuthMode
from tests.access.asking import HOSTED, Request, requests
from tests.access.comparing import Compared, compared, difference, named
from tests.access.conftest import SECRET, Matrix, session_of
from tests.access.identities import ANN, BOB, IDENTITIES, Verdict, signed
from tests.access.things import MALFORMED, OTHER_KIND, PREFIXES, Things, things_of

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.unpublished("the demo's widget has actions that are answered at once"),
]

OTHERS = [name for name in IDENTITIES if name != "other user"]
STATUS = {Verdict.UNKNOWN: 401, Verdict.FORBIDDEN: 403}


@pytest.mark.proves("SEC-01", "SEC-03", "SEC-04")
@pytest.mark.parametrize("whose", ["things", "deleted"])
@pytest.mark.parametrize("name", OTHERS)
async def test_everybody_is_answered_as_they_may_be(matrix: Matrix, name: str, whose: str) -> None:
    identity, stranger, before = IDENTITIES[name], matrix.strangers[name], await matrix.rows_of_ann()
    wrong: dict[str, str | None] = {}
    refusals: dict[Verdict, set[Compared]] = {}
    for request in requests():
        verdict = identity.verdict(request)
        if verdict is Verdict.AS_NOTHING:
            if request.places:
                wrong[request.name] = await difference(matrix, request, stranger, whose)
            continue
        if verdict is Verdict.OPENS:
            continue
        asked = named(matrix, stranger, whose)
        answer = await request.send(stranger.client, asked)
        if answer.status_code != STATUS[verdict] or SECRET in answer.text:
            wrong[request.name] = f"{answer.status_code} {answer.text}"
        elif HOSTED not in request.name:
            refusals.setdefault(verdict, set()).add(compared(answer, asked))
    assert {row: told for row, told in wrong.items() if told} == {}
    assert all(len(forms) == 1 for forms in refusals.values()), "what is refused, is so in one form"
    assert await matrix.rows_of_ann() == before


@pytest.mark.proves("SEC-01", "SEC-03")
async def test_the_owner_as_a_reader_reads_what_is_theirs_and_changes_nothing(matrix: Matrix) -> None:
    client, before = matrix.server.client(**signed(ANN, roles=[READ_ONLY])), await matrix.rows_of_ann()
    wrong = {}
    for request in requests():
        if (access := _access(request)) is not None:
            answer = await request.send(client, matrix.things)
            if answer.is_success is (access is Access.WRITES) or answer.status_code not in (200, 204, 403):
                wrong[request.name] = answer.text
    assert wrong == {}
    assert await matrix.rows_of_ann() == before


def _access(request: Request) -> Access | None:
    """Return what a row does, for somebody who has signed in; None where it asks for something else."""
    if request.operation:
        return permissions.OPERATIONS[request.operation]
    if HOSTED in request.name:
        return None
    return permissions.ROUTES.get(f"{request.template.method} {request.template.route}")


@pytest.mark.proves("SEC-02")
async def test_every_way_to_sign_in_and_every_role_has_an_identity() -> None:
    assert {identity.mode for identity in IDENTITIES.values()} - {None} == set(get_args(AuthMode))
    assert {identity.role for identity in IDENTITIES.values()} >= permissions.ROLES


# What the key of the server opens: it stands for every user, and for no thing that is not there.

OF_THE_KEY = [
    request for request in requests() if HOSTED in request.name and "conversation" not in request.name
]


async def _with_key(matrix: Matrix, request: Request, things: Things) -> httpx2.Response:
    return await request.send(matrix.strangers["key of the server"].client, things)


@pytest.mark.proves("SEC-01", "SEC-03")
async def test_the_key_of_the_server_finds_nothing_where_nothing_is(matrix: Matrix) -> None:
    wrong, before = {}, await matrix.rows_of_ann()
    for request in OF_THE_KEY:
        if request.name.startswith("POST") and "cancel" not in request.name:
            continue  # makes a session, for whichever user is named
        for place in request.places:
            of_nothing, of_deleted = (
                {**matrix.things, place: of[place]} for of in (matrix.unknown, matrix.deleted)
            )
            expected = await _with_key(matrix, request, of_nothing)
            answer = await _with_key(matrix, request, of_deleted)
            if compared(answer, of_deleted) != compared(expected, of_nothing):
                wrong[request.name, place] = answer.text
            others = [*MALFORMED, matrix.things[OTHER_KIND[PREFIXES[place]]]]
            names = [name for name in others if name and name.isascii()]
            answers = [await _with_key(matrix, request, {**matrix.things, place: name}) for name in names]
            for name, answer in [("nothing", expected), *zip(names, answers, strict=True)]:
                if answer.status_code not in (400, 404):
                    wrong[request.name, f"{place} {name}"] = answer.text
    assert wrong == {}
    assert await matrix.rows_of_ann() == before


@pytest.mark.proves("SEC-01")
async def test_the_key_of_the_server_opens_what_is_a_users(matrix: Matrix) -> None:
    carl = matrix.server.client(**signed("carl"))
    things = {**await things_of(carl, "carl"), "session": (await session_of(matrix.backend, "carl")).id}
    before = await matrix.rows_of_ann()
    assert {
        request.name for request in OF_THE_KEY if (await _with_key(matrix, request, things)).is_error
    } == set()
    assert await matrix.rows_of_ann() == before


@pytest.mark.proves("SEC-01")
async def test_a_list_of_one_user_holds_theirs_and_takes_no_place_of_anothers(matrix: Matrix) -> None:
    key = matrix.strangers["key of the server"].client.http
    listed = (await key.get(f"{HOSTED}/threads", params={"user": ANN, "limit": 100})).json()["data"]
    assert {thread["user"] for thread in listed} == {ANN}
    assert matrix.things["thread"] in {thread["id"] for thread in listed}
    assert (await key.get(f"{HOSTED}/threads", params={"user": "nobody"})).json()["data"] == []
    answers = {
        compared(await key.get(f"{HOSTED}/threads", params={"user": BOB, place: of["thread"]}), of)
        for place in ("after", "before")
        for of in (matrix.things, matrix.deleted, matrix.unknown)
    }
    assert len(answers) == 2, "one sentence for each of the two parameters"
