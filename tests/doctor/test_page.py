"""The page that embeds the chat: keys it gives away, its policy, and what OpenAI's element asks of it."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest

from app.ops.doctor.page import OPENAI_SCRIPTS, check_page
from app.ops.doctor.policy import allows, policies
from app.ops.doctor.server import Deployment
from tests.doctor.conftest import KEY, doctor
from tests.doctor.proxy import Proxy, running
from tests.serving import RunningServer

SERVER = "https://chat.example"
PAGE = "https://app.example/help"


@pytest.mark.proves("SEC-65", "WIRE-64")
async def test_a_page_that_carries_a_key_of_the_server_is_told_without_the_key(
    server: RunningServer, inside: dict[str, str], guarded: None
) -> None:
    html = f'<script>const key = "{KEY}", other = "sk-proj-abcdefghijklmnopqrstuvwxyz"</script>'.encode()
    async with running(Proxy(server.url, answers=html)) as page:
        told = await doctor(server.url, "--origin", page.url, **inside)

    found = [found for found in told.report["findings"] if found["rule"] == "key-in-page"]
    assert told.code == 1
    assert any("CHATKIT_SECRET_KEY" in finding["what"] for finding in found)
    assert any("begins with sk-proj and ends with wxyz" in finding["what"] for finding in found)
    assert KEY not in told.out
    assert "abcdefghijkl" not in told.out


@asynccontextmanager
async def pages(answer: Callable[[httpx2.Request], httpx2.Response]) -> AsyncIterator[Deployment]:
    """A public deployment, as there can be none here: what its page is, is said by the test."""
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        yield Deployment(SERVER, PAGE, http, ssl.create_default_context())


async def rules_of(html: str, headers: dict[str, str] | None = None, **scripts: str) -> set[str]:
    def answer(request: httpx2.Request) -> httpx2.Response:
        name = request.url.path.strip("/").removesuffix(".js")
        if name in scripts:
            return httpx2.Response(200, text=scripts[name])
        return httpx2.Response(200, html=html, headers=headers or {})

    async with pages(answer) as deployment:
        return {finding.rule for finding in await check_page(deployment, None)}


OPENAI = f'<script src="{OPENAI_SCRIPTS}"></script>'
GOOD_FOR_OPENAI = (
    "default-src 'self'; script-src 'self' https://cdn.platform.openai.com; frame-src "
    "https://cdn.platform.openai.com; "
    "connect-src 'self' https://chat.example https://api.openai.com; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https://chat.example"
)


@pytest.mark.proves("WIRE-64")
async def test_a_key_in_a_script_of_the_page_is_found() -> None:
    html = '<script src="/app.js"></script><script src="https://cdn.example/other.js"></script>'
    assert await rules_of(html, app="x='sk-abcdefghijklmnopqrstuvwx'") == {"key-in-page"}
    assert await rules_of(html, app="x='risk-free-abcdefghijklmnopqrstuvwx'") == set()


@pytest.mark.proves("WIRE-64")
@pytest.mark.parametrize(
    ("html", "policy", "rules"),
    [
        ("", "", set()),
        ("", "default-src 'self'", {"content-policy"}),
        ("", "default-src 'self'; connect-src 'self' https://chat.example; img-src *", set()),
        (f'<script src="{SERVER}/chatkit.js"></script>', "script-src 'self'", {"content-policy"}),
        (f'<script src="{SERVER}/chatkit.js"></script>', "script-src https://*.example", set()),
        (OPENAI, "", {"openai-element"}),
        (OPENAI, GOOD_FOR_OPENAI, {"openai-element"}),
        (OPENAI, GOOD_FOR_OPENAI.replace(" 'unsafe-inline'", ""), {"openai-element", "content-policy"}),
        (OPENAI, GOOD_FOR_OPENAI.replace("frame-src", "frame"), {"openai-element", "content-policy"}),
    ],
)
async def test_a_policy_that_blocks_the_chat_is_told(html: str, policy: str, rules: set[str]) -> None:
    headers = {"content-security-policy": policy} if policy else None
    assert await rules_of(html, headers) == rules
    if policy:
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        assert await rules_of(meta + html) == rules


@pytest.mark.proves("WIRE-64")
async def test_the_key_for_localhost_does_nothing_on_a_public_host() -> None:
    script = 'useChatKit({api: {domainKey: "local-development"}})'
    assert await rules_of(f'{OPENAI}<script src="/app.js"></script>', app=script) == {"domain-key"}
    assert await rules_of('<script src="/app.js"></script>', app=script) == set()


async def test_a_page_that_isolates_itself_keeps_the_frame_out() -> None:
    headers = {"cross-origin-embedder-policy": "require-corp"}
    assert await rules_of(OPENAI, headers) == {"openai-element", "embedder-policy"}


@pytest.mark.parametrize(
    ("source", "address", "allowed"),
    [
        ("'self'", "https://app.example/x", True),
        ("'none'", "https://app.example/x", False),
        ("https:", "https://any.example", True),
        ("https:", "http://any.example", False),
        ("*", "http://any.example", True),
        ("chat.example", "https://chat.example", True),
        ("http://chat.example", "https://chat.example", True),
        ("https://chat.example", "http://chat.example", False),
        ("*.example", "https://chat.example", True),
        ("*.chat.example", "https://chat.example", False),
        ("https://chat.example:8443", "https://chat.example:8443/x", True),
        ("https://chat.example", "https://chat.example:8443/x", False),
        ("https://chat.example:*", "https://chat.example:8443/x", True),
        ("https://chat.example/chatkit", "https://chat.example/other", False),
        ("https://chat.example/chatkit/", "https://chat.example/chatkit/x", True),
        ("'strict-dynamic'", "https://any.example", True),
    ],
)
def test_sources_are_understood_as_browsers_do(source: str, address: str, allowed: bool) -> None:
    assert (
        allows(policies([f"connect-src {source}"]), "connect-src", address, "https://app.example") is allowed
    )


def test_every_policy_has_to_allow_and_the_first_directive_of_a_name_counts() -> None:
    both = policies(["connect-src *; connect-src 'none'", "default-src 'self'"])
    assert not allows(both, "connect-src", "https://chat.example", "https://app.example")
    assert allows(both[:1], "connect-src", "https://chat.example", "https://app.example")
    assert allows(both[:1], "img-src", "https://chat.example", "https://app.example")
