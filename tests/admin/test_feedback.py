"""`chatkit-server feedback export`: votes with what they are about."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from app.admin import feedback as exported
from app.admin.feedback import VoteFilter
from app.admin.reports import report_votes
from app.db.tables import feedback, thread_items
from app.ids import ItemId, ThreadId, UserId
from app.threads.feedback import vote
from tests.admin.conftest import ADMIN, NOW, Office
from tests.admin.test_commands import PATIENCE, run

ANSWER = "assistant_20"
"""Of the office's first thread."""


async def votes(office: Office, **wanted: Any) -> list[dict[str, Any]]:
    return [json.loads(line) async for line in report_votes(office.database, ADMIN, VoteFilter(**wanted))]


async def cast(office: Office, thread_id: str, user: str, item_id: str, kind: Any) -> None:
    async with office.database.autocommit() as connection:
        await vote(connection, ThreadId(thread_id), UserId(user), [ItemId(item_id)], kind)


@pytest.mark.proves("FEAT-feedback-1")
async def test_a_vote_comes_with_question_answer_model_and_trace(office: Office) -> None:
    await cast(office, "thr_tea", "ann", ANSWER, "positive")
    await cast(office, "thr_tea", "ann", ANSWER, "negative")

    (told,) = await votes(office)

    assert (told["kind"], told["user_id"], told["thread_id"]) == ("negative", "ann", "thr_tea")
    assert (told["question"], told["answer"]) == ("Which tea is best?", "Green tea, of course")
    assert (told["model"], told["input_tokens"], told["turn_status"]) == ("m-1", 10, "failed")
    assert (told["turn_id"], told["trace_id"], told["group_id"]) == ("turn_1", "trace_1", "thr_tea")
    assert datetime.fromisoformat(told["updated_at"]) > datetime.fromisoformat(told["created_at"])


async def test_the_question_is_the_last_one_before_the_answer(office: Office) -> None:
    await office.say("thr_tea", "ann", "user", "And coffee?")
    await office.say("thr_tea", "ann", "assistant", "None")
    await cast(office, "thr_tea", "ann", "assistant_4", "positive")
    await cast(office, "thr_tea", "ann", ANSWER, "positive")

    assert [told["question"] for told in await votes(office)] == ["Which tea is best?", "And coffee?"]


async def test_an_item_without_question_or_turn_has_neither(office: Office) -> None:
    await office.say("thr_old", "ann", "assistant", "Welcome")
    await cast(office, "thr_old", "ann", "assistant_7", "positive")

    (told,) = await votes(office)

    empty = ("question", "question_id", "turn_id", "model", "trace_id")
    assert {told[name] for name in empty} == {None}


async def test_votes_are_chosen_by_user_kind_and_time(office: Office) -> None:
    await office.say("thr_bob", "bob", "assistant", "Maybe")
    await cast(office, "thr_tea", "ann", ANSWER, "positive")
    await cast(office, "thr_bob", "bob", "assistant_5", "negative")
    of_bob = feedback.c.user_id == "bob"
    await office.run(sa.update(feedback).where(of_bob).values(updated_at=NOW))

    assert [told["user_id"] for told in await votes(office, user_id="bob")] == ["bob"]
    assert [told["user_id"] for told in await votes(office, kind="positive")] == ["ann"]
    later = NOW.replace(minute=NOW.minute + 1)
    assert [told["user_id"] for told in await votes(office, since=later)] == ["ann"]
    assert await votes(office, since=datetime.max.replace(tzinfo=UTC)) == []


@pytest.mark.parametrize("page", [1, 2, 3, 4])
async def test_every_vote_comes_once_however_many_pages_there_are(
    office: Office, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exported, "PAGE", page)
    texts = ["a", "bb", "ccc"]
    for text in texts:
        await office.say("thr_bob", "bob", "assistant", text)
        await cast(office, "thr_bob", "bob", f"assistant_{len(text)}", "positive")

    assert [told["answer"] for told in await votes(office)] == texts


async def test_a_vote_that_is_tried_again_is_gone(office: Office) -> None:
    await cast(office, "thr_tea", "ann", ANSWER, "positive")
    await office.run(sa.delete(thread_items).where(thread_items.c.id == ANSWER))

    assert await votes(office) == []


async def test_the_command_prints_lines_of_json(office: Office, database_url: str) -> None:
    await cast(office, "thr_tea", "ann", ANSWER, "positive")
    arguments = ("-m", "app.cli", "feedback", "export", "--since", "1h")

    code, out, err = await run(*arguments, CHATKIT_DATABASE_URL=database_url)

    assert (code, err) == (0, "")
    assert [json.loads(line)["answer"] for line in out.splitlines()] == ["Green tea, of course"]


async def test_a_reader_that_has_enough_is_no_failure(office: Office, database_url: str) -> None:
    long = "x" * 200_000
    await office.say("thr_tea", "ann", "assistant", long)
    await cast(office, "thr_tea", "ann", "assistant_200000", "positive")
    command = f"CHATKIT_DATABASE_URL='{database_url}' '{sys.executable}' -m app.cli feedback export"
    process = await asyncio.create_subprocess_shell(
        f"({command}; echo $? >&2) | head -c 10",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )

    out, err = await asyncio.wait_for(process.communicate(), PATIENCE)

    assert (len(out), err) == (10, b"0\n")
