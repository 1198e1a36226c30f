"""Reading what there is, and changing it."""

from tests.differential.scenario import scenario
from tests.differential.side import Side, user_input
from tests.provider.script import gate, say


@scenario("cursor", "limit")
async def pages_of_threads(side: Side) -> None:
    side.provider.always(say("Hello"))
    threads = [(await side.say(f"Hi {number}")).thread_id for number in range(3)]
    for order in ("asc", "desc"):
        await side.ask("threads.list", limit=2, order=order)
    await side.ask("threads.list", limit=2, after=threads[1])
    await side.ask("threads.list", limit=3)
    await side.ask("threads.list", limit=9999)
    await side.ask("threads.list", limit=0)
    await side.ask("threads.list", limit=-1)


@scenario("cursor")
async def pages_of_items(side: Side) -> None:
    side.provider.always(say("Hello"))
    first = await side.say("Hi")
    thread_id, answer = first.thread_id, first.item_id("assistant_message")
    await side.say("Again", thread_id)
    for order in ("asc", "desc"):
        await side.ask("items.list", thread_id=thread_id, limit=1, order=order)
        await side.ask("items.list", thread_id=thread_id, limit=4, order=order)
        await side.ask("items.list", thread_id=thread_id, limit=5, order=order, after=answer)


@scenario("dead-cursor")
async def pages_after_something_that_is_not_there(side: Side) -> None:
    side.provider.always(say("Hello"))
    thread_id = (await side.say("Hi")).thread_id
    await side.ask("items.list", thread_id=thread_id, after="msg_unknown")
    await side.ask("threads.list", after="thr_unknown")


@scenario("cursor")
async def a_long_thread(side: Side) -> None:
    side.provider.always(say("Hello"))
    thread_id = (await side.say("0")).thread_id
    for number in range(1, 11):
        await side.say(str(number), thread_id)
    await side.ask("threads.get_by_id", thread_id=thread_id)
    await side.ask("items.list", thread_id=thread_id)


@scenario("clean-title", "bounds")
async def a_thread_that_is_renamed(side: Side) -> None:
    side.provider.respond(say("Hello"))
    thread_id = (await side.say("Hi")).thread_id
    await side.ask("threads.update", thread_id=thread_id, title="Weather")
    await side.ask("threads.get_by_id", thread_id=thread_id)
    await side.ask("threads.update", thread_id=thread_id, title="  Weather \n report ")
    await side.ask("threads.update", thread_id=thread_id, title=" ")


@scenario("not-found", "not-found-silent")
async def a_thread_that_is_deleted(side: Side) -> None:
    side.provider.respond(say("Hello"))
    thread_id = (await side.say("Hi")).thread_id
    await side.ask("threads.delete", thread_id=thread_id)
    await side.ask("threads.get_by_id", thread_id=thread_id)
    await side.ask("threads.list")
    await side.ask("threads.delete", thread_id=thread_id)


@scenario("so-far")
async def a_thread_that_is_read_while_it_is_answered(side: Side) -> None:
    side.provider.respond(say("Hello"))
    side.provider.respond(say("Hel", gate("half-way"), "lo"))
    thread_id = (await side.say("Hi")).thread_id
    again = user_input("Again")
    async with side.begun("threads.add_user_message", thread_id=thread_id, input=again) as answer:
        await answer.until("Hel")
        await side.ask("threads.update", thread_id=thread_id, title="Mine")
        await side.ask("threads.get_by_id", thread_id=thread_id)
        side.provider.release("half-way")
    await side.ask("threads.get_by_id", thread_id=thread_id)


@scenario("one-turn")
async def a_message_while_another_is_answered(side: Side) -> None:
    side.provider.respond(say("Hello"))
    side.provider.respond(say("Hel", gate("half-way"), "lo"))
    side.provider.always(say("And this"))
    thread_id = (await side.say("Hi")).thread_id
    async with side.begun("threads.add_user_message", thread_id=thread_id, input=user_input("First")):
        await side.provider.waiting_at("half-way")
        await side.say("Second", thread_id)
        side.provider.release("half-way")


@scenario("not-found-silent", "malformed")
async def votes(side: Side) -> None:
    side.provider.respond(say("Hello"))
    thread_id = (said := await side.say("Hi")).thread_id
    answer = said.item_id("assistant_message")
    for kind in ("positive", "negative"):
        await side.ask("items.feedback", thread_id=thread_id, item_ids=[answer], kind=kind)
    await side.ask("items.feedback", thread_id=thread_id, item_ids=["msg_unknown"], kind="positive")
    await side.ask("items.feedback", thread_id="thr_unknown", item_ids=[answer], kind="positive")
    await side.ask("items.feedback", thread_id=thread_id, item_ids=[answer], kind="excellent")


@scenario("removed")
async def an_answer_that_is_tried_again(side: Side) -> None:
    side.provider.always(say("Hello"))
    first = await side.say("Hi")
    thread_id, question = first.thread_id, first.item_id("user_message")
    await side.say("More", thread_id)
    await side.ask("threads.retry_after_item", thread_id=thread_id, item_id=question)
    await side.ask("items.list", thread_id=thread_id)


@scenario("no-question", "not-found-silent")
async def what_cannot_be_tried_again(side: Side) -> None:
    side.provider.respond(say("Hello"))
    first = await side.say("Hi")
    answer = first.item_id("assistant_message")
    await side.ask("threads.retry_after_item", thread_id=first.thread_id, item_id=answer)
    await side.ask("threads.retry_after_item", thread_id=first.thread_id, item_id="msg_unknown")
    await side.ask("items.list", thread_id=first.thread_id)
