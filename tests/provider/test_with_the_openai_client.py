"""What the fake sends is what the real client takes, to the last field."""

from collections.abc import AsyncIterator

import httpx2
import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from tests.provider.script import (
    Step,
    call_mcp,
    call_tool,
    cut,
    fail,
    file_citation,
    gate,
    generate_image,
    http_error,
    next_part,
    pause,
    raw,
    refuse,
    run_code,
    say,
    search_files,
    search_web,
    stop_short,
    think,
    url_citation,
)
from tests.provider.server import FakeProvider, serving_provider

PIXEL = "aGVsbG8="


@pytest.fixture
async def fake() -> AsyncIterator[FakeProvider]:
    """A provider without any reply of its own."""
    async with serving_provider() as provider:
        yield provider


@pytest.fixture
async def client(fake: FakeProvider) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(api_key="none", base_url=fake.base_url, max_retries=0) as client:
        yield client


EVERYTHING: list[Step] = [
    think("First ", "this.", next_part(), "Then that."),
    think("In so many words.", plainly=True),
    say(
        "Look ",
        "here",
        citing=[url_citation("https://example.com/", "Example", 9), file_citation("a.pdf", 9)],
    ),
    say("Two", next_part(), "parts"),
    search_web("cats", "https://example.com/cats"),
    search_files("cats", "cats.pdf"),
    run_code("print(1)"),
    call_mcp("github", "search_issues"),
    generate_image(PIXEL),
    call_tool("get_weather", {"city": "Oslo"}, call_id="call_a"),
    call_tool("get_time", call_id="call_b"),
    refuse("I will ", "not."),
]

IN_CHAT: list[Step] = [
    think("Hm."),
    say("Look ", "here", citing=[url_citation("https://example.com/", "Example", 9)]),
    call_tool("get_weather", {"city": "Oslo"}, call_id="call_a"),
    call_tool("get_time", call_id="call_b"),
    refuse("No."),
]


async def test_every_event_of_a_stream_is_valid_in_the_clients_own_types(fake: FakeProvider) -> None:
    fake.respond(*EVERYTHING)
    strict: TypeAdapter[object] = TypeAdapter(ResponseStreamEvent)
    async with (
        httpx2.AsyncClient(base_url=fake.base_url) as http,
        http.stream("POST", "/responses", json={"model": "m", "stream": True}) as response,
    ):
        kinds = [
            strict.validate_json(line.removeprefix("data: ")).type  # type: ignore[attr-defined]
            async for line in response.aiter_lines()
            if line.startswith("data: ")
        ]
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-1] == "response.completed"
    assert len(set(kinds)) > 25


async def test_a_streamed_response_ends_with_the_whole_of_it(fake: FakeProvider, client: AsyncOpenAI) -> None:
    fake.respond(*EVERYTHING)
    async with client.responses.stream(model="m", input="hi") as stream:
        events = [event async for event in stream]
        response = await stream.get_final_response()
    assert [event.sequence_number for event in events if hasattr(event, "sequence_number")]
    assert response.usage is not None
    assert response.usage.total_tokens == 18
    assert [item.type for item in response.output].count("function_call") == 2
    assert "Look here" in response.output_text


async def test_a_response_that_is_not_streamed_is_the_same(fake: FakeProvider, client: AsyncOpenAI) -> None:
    fake.respond(*EVERYTHING)
    response = await client.responses.create(model="m", input="hi")
    Response.model_validate(response.model_dump(warnings=False))
    assert response.status == "completed"
    assert [item.type for item in response.output][-3:] == ["function_call", "function_call", "message"]


async def test_chat_completions_stream_in_chunks(fake: FakeProvider, client: AsyncOpenAI) -> None:
    fake.respond(*IN_CHAT)
    stream = await client.chat.completions.create(
        model="m", messages=[], stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    for chunk in chunks:
        ChatCompletionChunk.model_validate(chunk.model_dump())
    assert chunks[-1].usage is not None
    assert chunks[-2].choices[0].finish_reason == "tool_calls"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == "Look here"


async def test_a_chat_completion_that_is_not_streamed_is_the_same(
    fake: FakeProvider, client: AsyncOpenAI
) -> None:
    fake.respond(*IN_CHAT)
    completion = await client.chat.completions.create(model="m", messages=[])
    ChatCompletion.model_validate(completion.model_dump())
    message = completion.choices[0].message
    assert (message.content, message.refusal) == ("Look here", "No.")
    assert [call.id for call in message.tool_calls or ()] == ["call_a", "call_b"]


async def test_models_are_listed(client: AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["gpt-fake"]


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, openai.AuthenticationError), (429, openai.RateLimitError), (500, openai.InternalServerError)],
)
async def test_http_errors_arrive_as_the_clients_own_with_their_headers(
    fake: FakeProvider, client: AsyncOpenAI, status: int, error: type[openai.APIStatusError]
) -> None:
    fake.respond(http_error(status, "some_code", "Some sentence.", retry_after="7"))
    with pytest.raises(error) as raised:
        await client.responses.create(model="m", input="hi")
    assert raised.value.code == "some_code"
    assert raised.value.response.headers["retry-after"] == "7"


async def test_a_stream_can_end_incomplete_or_failed(fake: FakeProvider, client: AsyncOpenAI) -> None:
    fake.respond(say("Half"), stop_short())
    fake.respond(say("Half"), fail("server_error", "Broken."))
    ends = []
    for _ in range(2):
        stream = await client.responses.create(model="m", input="hi", stream=True)
        ends.append([event async for event in stream][-1])
    assert [end.type for end in ends] == ["response.incomplete", "response.failed"]
    assert ends[0].response.incomplete_details.reason == "max_output_tokens"  # type: ignore[union-attr]
    assert ends[1].response.error.message == "Broken."  # type: ignore[union-attr]


async def test_a_chat_stream_can_stop_short_or_fail(fake: FakeProvider, client: AsyncOpenAI) -> None:
    fake.respond(say("Half"), stop_short())
    stream = await client.chat.completions.create(model="m", messages=[], stream=True)
    assert [chunk async for chunk in stream][-1].choices[0].finish_reason == "length"
    fake.respond(say("Half"), fail("server_error", "Broken."))
    stream = await client.chat.completions.create(model="m", messages=[], stream=True)
    with pytest.raises(openai.APIError, match="Broken"):
        [chunk async for chunk in stream]


async def test_a_cut_stream_is_a_lost_connection(fake: FakeProvider, client: AsyncOpenAI) -> None:
    fake.respond(say("Hel", cut(), "lo"))
    stream = await client.responses.create(model="m", input="hi", stream=True)
    deltas: list[str] = []

    async def read() -> None:
        async for event in stream:
            deltas.extend([event.delta] if event.type == "response.output_text.delta" else [])

    with pytest.raises(openai.APIConnectionError):
        await read()
    assert deltas == ["Hel"]


async def test_malformed_bytes_arrive_as_they_are(fake: FakeProvider, client: AsyncOpenAI) -> None:
    fake.respond(say("Hel", raw(b"data: {not json\n\n"), "lo"))
    stream = await client.responses.create(model="m", input="hi", stream=True)
    with pytest.raises(ValueError, match="property name"):
        [event async for event in stream]


async def test_a_reply_waits_at_its_gate(fake: FakeProvider, client: AsyncOpenAI) -> None:
    fake.respond(say("Hel", gate("half-way"), "lo"))
    stream = await client.responses.create(model="m", input="hi", stream=True)
    deltas = []
    async for event in stream:
        if event.type == "response.output_text.delta":
            deltas.append(event.delta)
            if event.delta == "Hel":
                await fake.waiting_at("half-way")
                fake.release("half-way")
    assert deltas == ["Hel", "lo"]
    assert not fake.requests[0].client_left.is_set()


async def test_a_client_that_leaves_is_noticed(fake: FakeProvider, client: AsyncOpenAI) -> None:
    fake.respond(say("Hel", gate("for ever"), "lo"))
    stream = await client.responses.create(model="m", input="hi", stream=True)
    await fake.waiting_at("for ever")
    await stream.close()
    await fake.disconnected()


async def test_requests_are_kept_and_titles_have_a_script_of_their_own(
    fake: FakeProvider, client: AsyncOpenAI
) -> None:
    fake.titles.always(say("A title"))
    fake.respond(say("An answer"))
    title = await client.responses.create(model="small", input="name this")
    stream = await client.responses.create(model="large", input="answer this", stream=True)
    end = [event async for event in stream][-1]
    assert title.output_text == "A title"
    assert end.response.output_text == "An answer"  # type: ignore[union-attr]
    assert [request.body["model"] for request in fake.requests] == ["small", "large"]
    assert fake.requests[0].headers["authorization"] == "Bearer none"


async def test_routes_answer_what_fits_them(fake: FakeProvider, client: AsyncOpenAI) -> None:
    fake.route(lambda request: request.body["model"] == "judge").always(say("Yes"))
    fake.respond(say("Something"))
    for model, text in (("judge", "Yes"), ("writer", "Something"), ("judge", "Yes")):
        assert (await client.responses.create(model=model, input="hi")).output_text == text


async def test_what_no_script_answers_is_composed_and_takes_its_time(
    fake: FakeProvider, client: AsyncOpenAI
) -> None:
    fake.compose = lambda request: [say("You said ", pause(0.01), str(request.body["input"]))]
    fake.respond(say("A reply of its own"))
    for text in ("A reply of its own", "You said two"):
        assert (await client.responses.create(model="m", input="two")).output_text == text


@pytest.mark.parametrize("reply", [None, search_web("cats")])
async def test_what_cannot_be_answered_is_refused(
    fake: FakeProvider, client: AsyncOpenAI, reply: Step | None
) -> None:
    if reply is not None:
        fake.respond(reply)
    with pytest.raises(openai.BadRequestError):
        await client.chat.completions.create(model="m", messages=[], stream=True)
    assert len(fake.unscripted) == (reply is None)
