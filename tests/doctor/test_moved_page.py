"""`agent-builder frontend --page`: the doctor's look at the page that was moved."""

import json
from pathlib import Path

import pytest

from app.ops.doctor.page import OPENAI_SCRIPTS
from tests.commands import command
from tests.doctor.proxy import Proxy, running
from tests.serving import RunningServer

pytestmark = pytest.mark.proves("AB-85")

CLOSED = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'self'\">"
HTML = f'{CLOSED}<script src="{OPENAI_SCRIPTS}"></script>'.encode()


async def test_what_the_page_lacks_is_told_with_what_to_do(server: RunningServer) -> None:
    async with running(Proxy(server.url, answers=HTML)) as page:
        given = ("agent-builder", "frontend", "--server-url", server.url, "--page", page.url)
        told = await command(*given, "--json")
        words = await command(*given)
    report = json.loads(told.out)
    rules = {found["rule"] for found in report["page"]["findings"]}
    assert (told.code, report["fine"], report["page"]["fine"]) == (1, False, False)
    assert {"cors", "content-policy"} <= rules
    assert report["page"]["looked_at"] == [server.url, page.url]
    assert words.code == 1
    assert f"CHATKIT_ALLOWED_ORIGINS={page.url}" in words.out


async def test_a_page_of_the_server_itself_is_fine_and_sources_are_read_beside_it(
    server: RunningServer, tmp_path: Path
) -> None:
    source = tmp_path / "page.mjs"
    source.write_text("chat.setOptions({ api: { getClientSecret: () => ask() } });\n")
    given = ("agent-builder", "frontend", "--server-url", server.url, "--page", f"{server.url}/", "--json")
    alone = await command(*given)
    assert (alone.code, json.loads(alone.out)["fine"]) == (0, True)
    beside = await command(*given[:-1], str(source))
    assert "Nothing to be repaired." in beside.err
    assert "repaired" not in beside.out
    both = await command(*given, str(source))
    report = json.loads(both.out)
    assert (both.code, report["page"]["fine"], report["fine"]) == (1, True, False)
    assert f"{server.url}/chatkit" in report["diff"]
