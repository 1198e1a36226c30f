"""A server full of recognisable secrets, through every failure we know of: its log names none of them."""

import json
import re
import signal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.logs.redaction import STRUCK_OUT, Redaction
from app.logs.tracebacks import told
from tests.attachments.samples import image
from tests.chaos.fleet import Server
from tests.provider.script import call_tool, fail, http_error, raw, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, user_input
from tools.tracked import ROOT

KEY = "sk-proj-CANARYprovider0123456789"
SIGNING = "CANARYsigning-0123456789-abcdefghij"
PASSWORD = "CANARY-p@ss/word"
BEARER = "ek_CANARYclient0123456789abcdef"
WORDS = "CANARYWORDS"
"""Part of all that a user says, names, or is answered."""


class Browser(ChatKitClient):
    """One whose answers may fail in any way."""

    async def tries(self, method: str, path: str, **request: Any) -> httpx2.Response:
        response = await self.http.request(method, path, **request)
        assert KEY not in response.text
        assert SIGNING not in response.text
        return response

    async def says(self, text: str) -> None:
        body = {"type": "threads.create", "params": {"input": user_input(text)}}
        answer = (await self.tries("POST", "/chatkit", json=body)).text
        assert PASSWORD not in answer
        assert BEARER not in answer


async def everything_fails(browser: Browser, provider: FakeProvider) -> None:
    provider.respond(http_error(401, "invalid_api_key", f"Incorrect API key provided: {KEY}."))
    provider.respond(http_error(400, "invalid_prompt", f"Do not say {WORDS} with {KEY}"))
    provider.respond(fail("server_error", f"{WORDS} broke {KEY}"))
    provider.respond(raw(f"data: {{broken {WORDS} {KEY}\n\n".encode()))
    provider.respond(call_tool("fatal"))
    provider.respond(call_tool("weather", json.dumps({"city": [WORDS]})))
    provider.respond(say(f"{WORDS}, of course"))
    for _ in range(6):
        await browser.says(f"Please {WORDS}")
    bearer = {"authorization": f"Bearer {BEARER}"}
    for body in (f"{{{WORDS}", f'{{"type": "{WORDS}"}}', f'["{WORDS}"]', b"\xff\xfe{"):
        await browser.tries("POST", "/chatkit", content=body, headers=bearer)
    for thread in (WORDS, f"thr_{BEARER}"):
        await browser.tries("GET", f"/chatkit/threads/{thread}/events", headers=bearer)
        await browser.tries("POST", f"/chatkit/threads/{thread}/cancel", headers=bearer)
    uploaded = await browser.tries(
        "POST", "/chatkit/files", files={"file": (f"{WORDS}.png", image())}, headers=bearer
    )
    address = uploaded.json().get("preview_url", f"/chatkit/files/x?signature={SIGNING}")
    await browser.tries("GET", address)
    await browser.tries("GET", re.sub("signature=..", "signature=xx", address))
    await browser.tries("PUT", f"/chatkit/files/atc_1?signature={BEARER}&until=1&for={WORDS}", content=WORDS)
    await browser.tries("GET", f"/nothing/{WORDS}?key={KEY}", headers={"cookie": f"chatkit_guest={SIGNING}"})
    await browser.tries("PATCH", "/chatkit", content=WORDS)


@pytest.mark.proves("SEC-61")
@pytest.mark.parametrize(("level", "style"), [("DEBUG", "text"), ("INFO", "json")])
async def test_no_failure_writes_a_secret_to_the_log(
    level: str, style: str, database_url: str, provider: FakeProvider, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    server = Server(
        {
            "CHATKIT_DATABASE_URL": database_url.replace(
                "chatkit_app@", f"chatkit_app:{PASSWORD.replace('@', '%40').replace('/', '%2F')}@"
            ),
            "CHATKIT_DATA_DIR": str(tmp_path / "data"),
            "CHATKIT_AGENT": f"{ROOT}/tests/http/agents_under_test.py:with_files",
            "CHATKIT_SECRET_KEY": SIGNING,
            "CHATKIT_LOG_LEVEL": level,
            "CHATKIT_LOG_FORMAT": style,
            "CHATKIT_TITLES": "false",
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": provider.base_url,
        },
        log,
    )
    await server.ready()
    try:
        async with httpx2.AsyncClient(base_url=server.url, timeout=30) as http:
            await everything_fails(Browser(http), provider)
            cookies = list(http.cookies.jar)
    finally:
        server.signal(signal.SIGINT)
        await server.ended()

    text = log.read_text()
    assert "turn failed" in text
    secrets = [
        KEY,
        SIGNING,
        PASSWORD,
        "CANARY-p%40ss%2Fword",
        BEARER,
        *(str(cookie.value) for cookie in cookies),
    ]
    assert [secret for secret in secrets if secret in text] == []
    assert "CANARYprovider" not in text
    assert re.findall(r"signature=(?!\[)\S+", text) == []
    if level == "INFO":
        assert WORDS not in text
        assert "secret-detail" not in text


@pytest.mark.proves("SEC-61")
@pytest.mark.parametrize(
    "line",
    [
        "GET https://api.example/v1 Authorization: Bearer abcdefghijkl.mnop",
        "could not connect to postgresql://chatkit:hunter2hunter2@db.example/chatkit",
        "GET /chatkit/files/atc_1?for=preview&signature=hunter2hunter2 404",
        "Incorrect API key provided: sk-hunter2hunter2",
        "secret ek_hunter2hunter2hunter2 has expired",
        "token eyJhbGciOiJub25l.eyJzdWIiOiJhbm4i.hunter2hunter2",
        "Cookie: chatkit_guest=hunter2hunter2; other=1",
        "the value is my-own%20secret, and my-own secret",
    ],
)
def test_what_looks_like_a_secret_or_is_known_as_one_is_struck_out_of_a_line(line: str) -> None:
    shown = Redaction(["my-own secret"]).of(line)
    assert STRUCK_OUT in shown
    assert not any(secret in shown for secret in ("hunter2", "abcdefghijkl", "my-own"))


def test_other_lines_stay_as_they_are() -> None:
    line = (
        "12:00:01 info    turn ended request=req_0192 thread=thr_0192 status=done ask-me-anything risk-averse"
    )
    assert Redaction(["", "x", "done"]).of(line) == line


def failing(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except type(error) as raised:
        return raised


@pytest.mark.proves("SEC-61")
def test_an_exception_is_told_by_its_kind_and_place_and_says_nothing_of_its_own() -> None:
    text = told(failing(ValueError("what a user wrote"), failing(KeyError("user@example"))))
    assert "what a user wrote" not in text
    assert "user@example" not in text
    assert text.index("KeyError") < text.index("ValueError")
    assert text.count("test_secrets.py") == 2
    assert "no attribute" in told(failing(AttributeError("x has no attribute y")))
    group = ExceptionGroup("what a user wrote", [failing(ValueError("and more"))])
    assert "within it" in told(group)
    assert "wrote" not in told(group)
    assert "and more" in told(group, outspoken=True)
