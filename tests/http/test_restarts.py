"""What a stop, a crash and a new start leave of a turn."""

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from app.turns.recovery import Recovery
from tests.provider.script import gate, say, think
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, serving, thread_id_of, user_input


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(update={"disconnect_grace_seconds": 0.0})


async def status_of_turns(database: Database) -> list[str]:
    """The states of all turns, oldest first."""
    async with database.autocommit() as connection:
        rows = await connection.execute(text("select status from chatkit.turns order by started_at"))
        return list(rows.scalars())


async def test_a_stop_of_the_server_closes_answers_with_their_text_and_a_sentence(
    settings: Settings, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with serving(settings) as server:
        client = server.client()
        async with client.stream("threads.create", input=user_input("Hi")) as events:
            await events.until_text("Hel")
            server.http.handle_exit(2, None)
            await events.rest()
        await server.task
        cookies = client.http.cookies

    assert events.seen[-1]["type"] == "error"
    assert "restarted" in events.seen[-1]["message"]
    assert await status_of_turns(database) == ["interrupted"]
    async with serving(settings) as server:
        again = server.client()
        again.http.cookies = cookies
        items = await again.items(thread_id_of(events))
        assert [item["type"] for item in items] == ["user_message", "assistant_message", "task"]
        assert items[1]["content"][0]["text"] == "Hel"
        provider.respond(say("Here again"))
        assert (await again.say("Go on", thread_id_of(events))).text == "Here again"


@pytest.mark.proves("ITEM-workflow-1", "FEAT-cancel-1")
async def test_a_stop_while_thinking_leaves_no_task_loading(
    server: RunningServer, client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(think("First I look", gate("half-way"), " again"), say("Done"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until("thread.item.added")
        await provider.waiting_at("half-way")
        thread_id = thread_id_of(events)
    await provider.disconnected()
    await server.turns_ended()

    workflow = (await client.items(thread_id, order="desc"))[0]

    assert workflow["type"] == "workflow"
    (thought,) = workflow["workflow"]["tasks"]
    assert thought["status_indicator"] != "loading"
    assert thought["content"] == "First I look"
    assert await status_of_turns(database) == ["cancelled"]


async def test_a_turn_whose_process_is_gone_is_closed_and_its_thread_goes_on(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.always(say("Hello"))
    thread_id = thread_id_of(await client.say("Hi"))
    async with database.transaction() as connection:
        await connection.execute(
            text(
                "update chatkit.turns set status = 'running', worker = 'gone', finished_at = null, "
                "lease_expires_at = now() - interval '1 second'"
            )
        )
    assert (
        await client.post("threads.add_user_message", thread_id=thread_id, input=user_input("Again"))
    ).status_code == 409

    await Recovery(database, "another").close_abandoned(all_others=True)

    assert await status_of_turns(database) == ["interrupted"]
    assert (await client.say("Again", thread_id)).text == "Hello"


async def test_a_turn_that_is_running_keeps_its_lease(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        await Recovery(database, "another").close_abandoned()
        assert await status_of_turns(database) == ["running"]
        provider.release("half-way")
        await events.rest()

    assert await status_of_turns(database) == ["done"]
