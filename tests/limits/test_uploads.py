"""Bytes of files a day: counted as they come, whatever becomes of the files."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.limits.conftest import ANN, BEN, coming_from
from tests.serving import ChatKitClient, RunningServer, serving

AGENTS = Path(__file__).parents[1] / "attachments" / "agents_for_files.py"
MOST = 100_000
FILE = b"words " * 5_000


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    changed = {
        "agent": f"{AGENTS}:assistant",
        "user_upload_bytes_per_day": MOST,
        "max_file_bytes": 60_000,
    }
    async with serving(settings.model_copy(update=changed)) as running:
        yield running


async def upload(client: ChatKitClient, data: bytes) -> int:
    response = await client.http.post("/chatkit/files", files={"file": ("a.txt", data, "text/plain")})
    return response.status_code


@pytest.mark.proves("REL-08")
async def test_a_user_who_has_sent_enough_is_told_so_and_deleting_wins_nothing_back(
    server: RunningServer,
) -> None:
    ann = coming_from(server, ANN)
    for _ in range(3):
        sent = await ann.http.post("/chatkit/files", files={"file": ("a.txt", FILE, "text/plain")})
        assert sent.status_code == 200, sent.text
        await ann.call("attachments.delete", attachment_id=sent.json()["id"])
    refused = await ann.http.post("/chatkit/files", files={"file": ("a.txt", FILE, "text/plain")})

    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
    assert "24 h" in refused.json()["message"]
    assert int(refused.headers["retry-after"]) > 80_000
    assert await upload(coming_from(server, BEN), FILE) == 200


async def test_what_was_announced_and_did_not_come_is_given_back(
    server: RunningServer, database: Database
) -> None:
    async def without_length(data: bytes) -> AsyncIterator[bytes]:
        yield data

    ann = coming_from(server, ANN)
    for _ in range(3):
        # As many bytes may come as a file may have: counted until it is known how many did.
        sent = await ann.http.post("/chatkit/files", content=without_length(b"few words"))
        assert sent.status_code == 200, sent.text
    too_large = await ann.http.post("/chatkit/files", content=without_length(b"x" * 61_000))
    assert too_large.status_code == 413

    used = await database.execute(text("select used from chatkit.limit_counters where key like 'uploads/%'"))
    assert used.scalar_one() <= 3 * len(b"few words") + 61_000


async def test_an_announced_file_counts_for_who_announced_it(server: RunningServer) -> None:
    ann = coming_from(server, ANN)
    statuses = []
    for _ in range(4):
        announced = await ann.call("attachments.create", name="a.txt", size=len(FILE), mime_type="text/plain")
        url = announced["upload_descriptor"]["url"]
        statuses.append((await ann.http.post(url, content=FILE)).status_code)
    assert statuses == [200, 200, 200, 429]


async def test_a_guest_on_this_machine_may_send_any_amount(server: RunningServer) -> None:
    client = server.client()
    assert [await upload(client, FILE) for _ in range(4)] == [200] * 4
