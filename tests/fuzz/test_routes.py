"""The other routes: odd ids, addresses, headers and uploads."""

import asyncio
from random import Random
from urllib.parse import quote

import httpx2
import pytest

from app.db.engine import Database
from tests.chaos.report import Table
from tests.fuzz.corpus import Things
from tests.fuzz.leftovers import nothing_left
from tests.fuzz.mutation import ODD_TEXTS
from tests.fuzz.size import AT_ONCE, CASES, seeded
from tests.fuzz.verdict import Findings
from tests.project.test_documentation import routes
from tests.serving import ChatKitClient, RunningServer

pytestmark = pytest.mark.unpublished("the demo's widget has actions that are answered at once")

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\nHello\r\n--b--\r\n"
)


def _filled(path: str, things: Things, chance: Random) -> str:
    known = [things.thread_id, things.attachment_id, things.answer_id, "index.html"]
    while "{" in path:
        odd = quote(chance.choice(ODD_TEXTS), safe=chance.choice(("", "/")), errors="replace")
        value = chance.choice(known) if chance.random() < 0.4 else odd[:2_000]
        before, _, rest = path.partition("{")
        path = before + value + rest.partition("}")[2]
    return path


def _query(chance: Random) -> str:
    names = ("for", "until", "signature", "after", "limit", "x")
    pairs = [f"{name}={quote(chance.choice(ODD_TEXTS)[:500])}" for name in names if chance.random() < 0.5]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _headers(chance: Random) -> dict[str, str]:
    odd = ["", "x", "-1", "turn_x:1", "turn_x:99999999999999999999", ":", "'", "x" * 3_000, "bytes=0-", "*"]
    names = [
        "Last-Event-ID",
        "Range",
        "If-None-Match",
        "Accept-Encoding",
        "Origin",
        "Authorization",
        "Cookie",
    ]
    return {name: chance.choice(odd) for name in names if chance.random() < 0.3}


@pytest.mark.timeout(7_200)
@pytest.mark.proves("SEC-25")
async def test_whatever_is_asked_of_a_route_is_refused_or_answered_to_the_end(
    server: RunningServer, client: ChatKitClient, things: Things, database: Database, table: Table
) -> None:
    chance, findings = seeded("routes"), Findings()
    known = sorted(set(routes(server.http.config.app)))
    assert ("/chatkit/threads/{thread_id}/events", "GET") in known

    async def worker() -> None:
        attacker = client.as_seen_by(server)
        while findings.cases < CASES and len(findings.found) < 20:
            path, methods = chance.choice(known)
            method = chance.choice(methods.split(", ") if chance.random() < 0.7 else METHODS)
            url = _filled(path, things, chance) + _query(chance)
            headers = _headers(chance)
            body = chance.choice([b"", b"{}", FORM, b"\xff" * 100])
            await _ask(attacker, findings, method, url, headers, body)

    async with nothing_left(server, database, findings), asyncio.TaskGroup() as workers:
        for _ in range(AT_ONCE):
            workers.create_task(worker())
    findings.report(table, "SEC-25", "odd requests of every route")


@pytest.mark.timeout(7_200)
@pytest.mark.proves("SEC-25", "SEC-10")
async def test_a_form_that_is_broken_anywhere_is_refused_or_a_file(
    server: RunningServer, client: ChatKitClient, table: Table
) -> None:
    chance, findings = seeded("forms"), Findings()
    while findings.cases < CASES // 4 and not findings.found:
        form = FORM
        for _ in range(chance.choice((1, 1, 2, 5))):
            at = chance.randrange(len(form))
            odd = chance.choice((b"", b"\x00", b"\r\n", b"--b", b'"', b"\xff", b";", b"x" * 20_000))
            form = form[:at] + odd + form[at + chance.choice((0, 1, 30)) :]
        kind = chance.choice(
            ["multipart/form-data; boundary=b", 'multipart/form-data; boundary="', "multipart/form-data", "x"]
        )
        await _ask(client, findings, "POST", "/chatkit/files", {"Content-Type": kind}, form)
    findings.report(table, "SEC-25", "broken forms")


async def _ask(
    client: ChatKitClient, findings: Findings, method: str, url: str, headers: dict[str, str], body: bytes
) -> None:
    sent = (method, url, headers, body)
    try:
        async with client.http.stream(method, url, headers=headers, content=body, timeout=30) as response:
            await findings.judge(response, sent, method)
    except httpx2.InvalidURL:
        findings.kinds["not sent"] += 1
    except httpx2.HTTPError as error:
        findings.note(f"no answer: {error!r}", sent)
