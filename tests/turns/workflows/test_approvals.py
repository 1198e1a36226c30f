"""A workflow waits for its user: nothing behind an approval comes before it, and nothing is done twice."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from app.turns.recovery import Recovery
from app.workflows.host import current_host
from tests.patience import PATIENCE
from tests.provider.script import ask_for_mcp, call_mcp, call_tool, gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, Event, EventReader, RunningServer, serving, user_input
from tests.turns.approving import ANSWER, APPROVE, REFUSE, approvals, decide, decision, form_of, pauses
from tests.turns.rows import transcript, turns, written
from tests.turns.workflows import exports
from tests.turns.workflows.served import user
from tests.turns.workflows.test_conversations import on, sent

ORDER = say('{"title": "The Hobbit", "copies": 3, "note": null}')
DIVERGED = "This cannot go on where it stopped"


def question(form: Event) -> str:
    return str(form["inputs"][0]["question"])


async def asked(client: ChatKitClient, provider: FakeProvider) -> tuple[dict[str, Any], EventReader]:
    """Begin a thread whose workflow waits for its first approval."""
    provider.respond(ORDER)
    events = await client.say("Order it")
    return form_of(events)[0], events


async def state(database: Database) -> list[Any]:
    """The variables that are kept of all threads."""
    return list((await database.execute(text("select variables from chatkit.thread_state"))).scalars())


def texts(items: list[Event]) -> list[str]:
    return [item["content"][0]["text"] for item in items if item["type"] == "assistant_message"]


@on("ordering")
@pytest.mark.proves("AB-09", "AB-10", "AB-07", "AB-18")
async def test_two_approvals_over_three_processes_repeat_no_call(
    client: ChatKitClient,
    server: RunningServer,
    settings: Settings,
    provider: FakeProvider,
    database: Database,
    done: list[str],
) -> None:
    where, first = await asked(client, provider)
    _, form = form_of(first)
    before = len(provider.requests)
    await server.stop()
    async with serving(settings) as second:
        provider.respond(say("Ordered."))
        again = client.as_seen_by(second)
        middle = await decide(again, where, APPROVE)
    where, next_form = form_of(middle)
    async with serving(settings) as third:
        provider.respond(say("Everybody knows."))
        last_client = client.as_seen_by(third)
        last = await decide(last_client, where, APPROVE)
        items = await last_client.items(where["thread_id"])
        provider.respond(ORDER)
        more = await last_client.say("Order it again", where["thread_id"])

    assert before == 1
    assert question(form) == "Order 3 of The Hobbit?"
    assert [option["value"] for option in form["inputs"][0]["options"]] == [APPROVE, REFUSE]
    assert question(next_form) == "Tell everybody?"
    assert (first.text, middle.text, last.text) == ("", "Ordered.", "Everybody knows.")
    assert texts(items) == ["Ordered.", "Everybody knows."]
    assert len(provider.requests) == 4
    assert done == ["searched", "searched"]
    assert question(form_of(more)[1]).startswith("Order 3")
    rows = await transcript(database)
    assert [row.get("role") for row in rows] == ["user", "assistant", "assistant", "user", "assistant"]
    assert [row["status"] for row in await approvals(database)] == ["approved", "approved", "waiting"]
    assert await state(database) == [{"ordered": 3}]


@on("ordering")
@pytest.mark.proves("AB-09")
async def test_a_refusal_takes_the_other_branch(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Then not."))

    events = await decide(client, where, REFUSE)

    assert events.text == "Then not."
    assert sent(provider)[0] == "Order it"
    assert [row["status"] for row in await approvals(database)] == ["refused"]
    assert [row["role"] for row in await transcript(database)] == ["user", "assistant"]


@on("catching_all")
@pytest.mark.proves("AB-09")
async def test_code_that_catches_everything_grants_nothing(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    where, form = form_of(await client.say("Do it"))

    assert question(form) == "Really?"
    assert provider.requests == []
    events = await decide(client, where, REFUSE)
    assert events.text == ""
    assert texts(await client.items(where["thread_id"])) == ["refused"]


@on("ordering")
@pytest.mark.proves("AB-12", "AB-10")
async def test_of_many_decisions_over_two_processes_one_counts(
    client: ChatKitClient, tabs: list[ChatKitClient], provider: FakeProvider, server: RunningServer
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say(gate("thinking"), "Done."))
    stranger = server.client()
    barrier = asyncio.Barrier(8)

    async def post(number: int) -> int:
        answer = decision(APPROVE if number % 2 else REFUSE)
        answer["answers"][f"other_{number}"] = {"values": []}
        await barrier.wait()
        return (await tabs[number % 2].post(ANSWER, **where, input=answer)).status_code

    posts = [asyncio.create_task(post(number)) for number in range(8)]
    await provider.waiting_at("thinking")
    foreign = await stranger.post(ANSWER, **where, input=decision(APPROVE))
    provider.release("thinking")
    statuses = sorted(await asyncio.gather(*posts))

    assert statuses == [200] + [409] * 7
    assert foreign.status_code == 404
    assert len(provider.requests) == 2


@on("ordering")
@pytest.mark.proves("AB-12", "AB-06")
async def test_a_message_instead_of_a_decision_takes_the_question_back(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(ORDER)
    events = await client.say("Three of another one", where["thread_id"])
    late = await client.post(ANSWER, **where, input=decision(APPROVE))

    assert late.status_code == 409
    assert question(form_of(events)[1]).startswith("Order 3")
    said = sent(provider)
    assert said[0] == "Order it"
    assert "Order 3 of The Hobbit?" in said[2]
    assert "wrote something else instead" in said[2]
    assert said[-1] == "Three of another one"
    assert [row["status"] for row in await approvals(database)] == ["refused", "waiting"]


@on("ordering_firm")
@pytest.mark.proves("AB-12")
async def test_a_message_is_refused_where_the_settings_say_that_the_decision_comes_first(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    before = await transcript(database), await client.items(where["thread_id"])

    refused = await client.post(
        "threads.add_user_message", thread_id=where["thread_id"], input=user_input("Another one")
    )

    assert refused.status_code == 409
    assert refused.json()["message"].startswith("Your decision is waited for")
    assert (await transcript(database), await client.items(where["thread_id"])) == before
    provider.respond(say("Then not."))
    assert (await decide(client, where, REFUSE)).text == "Then not."


@on("ordering")
@pytest.mark.proves("AB-11")
@pytest.mark.parametrize("changed", ["the file", "the way", "the agent", "the question"])
async def test_a_workflow_that_has_changed_does_nothing_and_asks_to_start_again(
    client: ChatKitClient,
    settings: Settings,
    server: RunningServer,
    provider: FakeProvider,
    database: Database,
    done: list[str],
    monkeypatch: pytest.MonkeyPatch,
    changed: str,
) -> None:
    where, _ = await asked(client, provider)
    source: Any = exports.assistant_ordering.workflows
    original = source.workflow

    async def shorter(text: str) -> Any:
        exports.DONE.append("took another way")
        return await exports.desk(text)

    async def otherwise(text: str) -> Any:
        host = current_host()
        history = host.prior_history([user(text)])
        agent = exports.clerk if changed == "the agent" else exports.buyer
        await host.run_agent(agent, input=[*history])
        await host.recorded("search", exports._search)
        await host.approve("approval_request", "Order 30 of The Hobbit?")
        exports.DONE.append("ordered")

    changes: dict[str, Any] = {
        "the file": {"source_hash": "another"},
        "the way": {"run": shorter},
        "the agent": {"run": otherwise},
        "the question": {"run": otherwise},
    }
    monkeypatch.setattr(source, "workflow", replace(original, **changes[changed]))
    del done[1:]

    events = await decide(client, where, APPROVE)
    monkeypatch.setattr(source, "workflow", original)
    provider.respond(ORDER)
    again = await client.say("Once more", where["thread_id"])

    assert events.seen[-1]["message"].startswith(DIVERGED)
    assert [entry for entry in done if entry not in ("searched", "took another way")] == []
    assert len(provider.requests) == 2
    assert [row["status"] for row in await turns(database)] == ["done", "failed", "done"]
    assert form_of(again)
    assert sent(provider)[0] == "Order it"


@on("ordering")
@pytest.mark.proves("AB-10", "REL-03")
async def test_a_turn_that_is_killed_behind_a_decision_is_not_run_again(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Orde", gate("half-way"), "red."))
    async with client.stream(ANSWER, **where, input=decision(APPROVE)) as events:
        await events.until_text("Orde")
        await written(database, '"delta":"Orde')
        async with asyncio.timeout(PATIENCE):
            while (kept := await state(database)) != [{"ordered": 3}]:
                pass
        assert await Recovery(database, "another").close_abandoned(all_others=True) == 1
    provider.release("half-way")
    again = await client.post(ANSWER, **where, input=decision(REFUSE))
    provider.respond(ORDER)
    await client.say("Was it ordered?", where["thread_id"])

    assert again.status_code == 409
    # Set behind the decision, before the agent began that was cut off; the next turn begins with it.
    assert kept == [{"ordered": 3}]
    assert len(provider.requests) == 3
    rows = await transcript(database)
    assert [row["role"] for row in rows][:3] == ["user", "assistant", "assistant"]
    assert "Orde" in str(rows[2])


@on("ordering")
@pytest.mark.proves("AB-06")
async def test_a_turn_that_is_stopped_behind_a_decision_remembers_everything_once(
    resuming: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(resuming, provider)
    provider.respond(say("Orde", gate("half-way"), "red."))
    async with resuming.stream(ANSWER, **where, input=decision(APPROVE)) as events:
        await events.until_text("Orde")
        await resuming.cancel(where["thread_id"])
        await events.rest()

    rows = await transcript(database)
    assert [row["role"] for row in rows] == ["user", "assistant", "assistant"]
    assert "Orde" in str(rows[2])
    assert await state(database) == [{"ordered": 3}]


@on("ordering")
@pytest.mark.proves("AB-06")
async def test_a_retry_forgets_the_approval_and_its_answers(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, first = await asked(client, provider)
    provider.respond(say("Ordered."))
    await decide(client, where, APPROVE)
    (message,) = first.done_items("user_message")
    provider.respond(ORDER)
    async with client.stream(
        "threads.retry_after_item", thread_id=where["thread_id"], item_id=message["id"]
    ) as events:
        await events.rest()

    assert question(form_of(events)[1]).startswith("Order 3")
    assert len(await pauses(database)) == 1
    assert [row["role"] for row in await transcript(database)] == ["user", "assistant"]


@on("holding")
@pytest.mark.proves("AB-21", "AB-10")
@pytest.mark.parametrize("value", [APPROVE, REFUSE])
async def test_a_tool_that_needs_approval_takes_the_same_way(
    client: ChatKitClient,
    server: RunningServer,
    settings: Settings,
    provider: FakeProvider,
    database: Database,
    done: list[str],
    value: str,
) -> None:
    provider.respond(say("Hello."))
    provider.respond(
        call_tool("look_up", {"title": "Emma"}, call_id="call_a"),
        call_tool("hold_book", {"title": "Emma"}, call_id="call_b"),
    )
    first = await client.say("Hold Emma")
    where, form = form_of(first)
    await server.stop()
    async with serving(settings) as other:
        provider.respond(say("Well then."))
        again = client.as_seen_by(other)
        events = await decide(again, where, value)
        provider.always(say("Fine."))
        await again.say("Thanks", where["thread_id"])

    assert question(form) == "Allow this: Hold book?\n• title: “Emma”"
    assert (first.text, events.text) == ("Hello.", "Well then.")
    assert done == ["looked up Emma"] + (["held Emma"] if value == APPROVE else [])
    outputs = [item["output"] for item in provider.requests[2].body["input"] if "output" in item]
    assert outputs[0] == "Emma is on the shelf"
    assert ("held Emma" if value == APPROVE else "the user has refused this call") in outputs[1]
    rows = await transcript(database)
    kinds = [row.get("role") or row["type"] for row in rows]
    assert kinds[:2] == ["user", "assistant"]
    assert sorted(kinds[2:6]) == ["function_call"] * 2 + ["function_call_output"] * 2
    assert kinds[6:8] == ["assistant", "user"]


@on("holding")
@pytest.mark.proves("AB-21", "AB-12")
async def test_what_a_tool_has_done_before_the_question_is_remembered_though_nobody_answers(
    client: ChatKitClient, provider: FakeProvider, done: list[str]
) -> None:
    provider.respond(say("Hello."))
    provider.respond(
        call_tool("look_up", {"title": "Emma"}, call_id="call_a"),
        call_tool("hold_book", {"title": "Emma"}, call_id="call_b"),
    )
    where, _ = form_of(await client.say("Hold Emma"))
    provider.always(say("Fine."))
    await client.say("Never mind", where["thread_id"])

    outputs = [item["output"] for item in provider.requests[-1].body["input"] if "output" in item]
    assert outputs[0] == "Emma is on the shelf"
    assert "wrote something else instead" in outputs[1]
    assert done == ["looked up Emma"]


@on("reading")
@pytest.mark.proves("AB-21")
async def test_a_tool_of_an_mcp_server_shows_its_arguments_and_is_called_once_it_may_be(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(ask_for_mcp("library", "lend_book", '{"title": "Emma"}'))
    where, form = form_of(await client.say("Lend me Emma"))
    provider.respond(call_mcp("library", "lend_book"), say("Here it is."))

    events = await decide(client, where, APPROVE)

    assert question(form) == "Allow this: Lend book, on library?\n• title: “Emma”"
    assert events.text == "Here it is."
    told = provider.requests[1].body["input"]
    assert [item["approve"] for item in told if item.get("type") == "mcp_approval_response"] == [True]


@on("asking_beside")
@pytest.mark.proves("AB-09", "AB-11")
async def test_an_agent_that_speaks_while_the_user_is_asked_is_stopped_and_not_run_again(
    client: ChatKitClient, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = asyncio.Event()
    monkeypatch.setattr(exports, "BESIDE", beside)
    provider.respond(say("Well", gate("never")))
    async with client.stream("threads.create", input=user_input("Go")) as events:
        await events.until_text("Well")
        beside.set()
        await events.rest()
    await provider.disconnected()
    where, _ = form_of(events)

    decided = await decide(client, where, APPROVE)

    assert decided.seen[-1]["message"].startswith(DIVERGED)
    assert len(provider.requests) == 1
