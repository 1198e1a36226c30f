"""Messages, and answers that go well."""

from tests.differential.scenario import scenario
from tests.differential.side import Side, user_input
from tests.provider.script import file_citation, next_part, say, think, url_citation

TAG = {"type": "input_tag", "id": "u1", "text": "Ada", "data": {"team": "red"}, "interactive": True}


@scenario("times", "quotation", "title", "own-images")
async def a_first_message_and_what_is_stored_of_it(side: Side) -> None:
    side.provider.respond(say("Hel", "lo"))
    created = await side.say("Hi")
    await side.ask("threads.get_by_id", thread_id=created.thread_id)
    await side.ask("threads.list")
    await side.ask("items.list", thread_id=created.thread_id, order="asc")


@scenario()
async def a_second_message(side: Side) -> None:
    side.provider.respond(say("Hello"))
    side.provider.respond(say("Again"))
    thread_id = (await side.say("Hi")).thread_id
    await side.say("Hi again", thread_id)
    await side.ask("items.list", thread_id=thread_id)


@scenario("tag")
async def a_message_with_a_quotation_and_a_tag(side: Side) -> None:
    side.provider.respond(say("Hello"))
    content = [{"type": "input_text", "text": "Ask "}, TAG]
    await side.say("", content=content, quoted_text="as was said")


@scenario("tolerance")
async def a_tag_without_data(side: Side) -> None:
    side.provider.always(say("Hello"))
    tag = {name: value for name, value in TAG.items() if name != "data"}
    await side.say("", content=[tag])


@scenario()
async def fields_that_nobody_knows(side: Side) -> None:
    side.provider.respond(say("Hello"))
    message = {**user_input("Hi"), "mood": "good"}
    message["content"][0]["colour"] = "red"
    await side.send({"type": "threads.create", "params": {"input": message, "x": 1}, "y": 2})


@scenario("tolerance")
async def metadata_of_a_request(side: Side) -> None:
    side.provider.always(say("Hello"))
    params = {"input": user_input("Hi")}
    await side.send({"type": "threads.create", "params": params, "metadata": {"tenant": "t1"}})
    await side.send({"type": "threads.create", "params": params, "metadata": None})


@scenario()
async def an_answer_in_two_parts(side: Side) -> None:
    side.provider.respond(say("One", next_part(), "Two"))
    await side.say("Hi")


@scenario()
async def two_messages_in_one_answer(side: Side) -> None:
    side.provider.respond(say("One"), say("Two"))
    await side.say("Hi")


@scenario("citations")
async def an_answer_that_cites(side: Side) -> None:
    cited = [url_citation("https://example.org/", "Example", 5), file_citation("report.pdf", 5)]
    side.provider.respond(say("Hello", citing=cited))
    thread_id = (await side.say("Hi")).thread_id
    await side.ask("items.list", thread_id=thread_id)


@scenario("thoughts")
async def an_answer_after_a_thought(side: Side) -> None:
    side.provider.respond(think("Let me ", "see."), say("Hello"))
    await side.say("Hi")


@scenario("thoughts")
async def an_answer_after_a_thought_in_two_parts(side: Side) -> None:
    side.provider.respond(think("First.", next_part(), "Then ", "this."), say("Hello"))
    await side.say("Hi")
