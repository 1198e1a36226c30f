"""How calls end, with real tools of the Agents SDK, and how an integrator names or hides what they do."""

import asyncio
from typing import Any

import pytest
from agents import Tool, function_tool

from app.assistant import Activity, Assistant
from tests.mapper.events import Api, tool_returned
from tests.mapper.mapped import Mapped
from tests.provider.hosted_tools import output_of, run_commands
from tests.provider.running import running
from tests.provider.script import call_mcp, call_tool, run_code, say, search_web
from tests.provider.server import FakeProvider

pytestmark = pytest.mark.proves("MAP-1")


@function_tool
def look_up() -> str:
    """Break down."""
    raise ValueError("a secret")


@function_tool(timeout=0.01)
async def wait() -> str:
    """Take too long."""
    await asyncio.Event().wait()
    return ""


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
@pytest.mark.parametrize(
    ("tool", "name", "outline"),
    [
        (look_up, "look_up", "workflow: Look up failed"),
        (wait, "wait", "workflow: Wait took too long"),
    ],
)
async def test_a_function_tool_that_does_not_work_out_says_how(
    provider: FakeProvider, api: Api, tool: Tool, name: str, outline: str
) -> None:
    provider.respond(call_tool(name))
    provider.respond(say("Well."))
    run = Mapped()
    async with running(provider, api, tools=[tool]) as result:
        async for event in result.stream_events():
            run.sdk(event)
    assert run.finish().outline() == [outline, "message: Well."]
    assert "secret" not in str(run.frames)


@pytest.mark.parametrize(
    ("output", "title"),
    [
        ("Tool execution was not approved.", "Look was not allowed"),
        ("Tool 'look' not found.", "Look failed"),
        ("An error occurred while running the tool. Please try again. Or so", "Look"),
    ],
)
def test_the_sdks_own_sentences_are_known_and_no_others(output: str, title: str) -> None:
    run = Mapped()
    run.model(call_tool("look"))
    run.sdk(tool_returned("call_1", output=output))
    assert run.finish().outline() == [f"workflow: {title}"]


def test_a_command_that_was_stopped_took_too_long() -> None:
    stopped: list[dict[str, Any]] = [{"outcome": {"type": "timeout"}, "stdout": "", "stderr": ""}]
    run = Mapped()
    run.model(
        run_commands("sleep 9"),
        output_of("shell_call", status="completed", max_output_length=None, output=stopped),
    )
    assert run.finish().outline() == ["workflow: The command took too long"]


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
def test_a_title_shows_the_arguments_that_it_names(api: Api) -> None:
    activity = Activity("Looking up {number}", done="Order {number}", icon="suitcase")
    run = Mapped(activities={"look_up": activity})
    run.model(call_tool("look_up", {"number": 7, "password": "a secret"}), api=api)
    begun = run.page.tasks()
    run.sdk(tool_returned("call_1"))
    (done,) = run.finish().tasks()
    assert [(task["title"], task["icon"]) for task in (*begun, done)] == [
        ("Looking up 7", "suitcase"),
        ("Order 7", "suitcase"),
    ]
    assert "secret" not in str(run.frames)


def test_words_for_the_end_name_arguments_that_come_after_the_beginning() -> None:
    run = Mapped(activities={"look_up": Activity("Looking", done="Order {number}")})
    run.model(call_tool("look_up", {"number": 7}))
    assert run.page.outline() == ["workflow: Looking"]
    run.sdk(tool_returned("call_1"))
    assert run.finish().outline() == ["workflow: Order 7"]


@pytest.mark.parametrize("arguments", ["{", "[]", "{}", '{"number": {"a": "secret"}}', '{"number": null}'])
def test_a_title_whose_argument_is_missing_gives_way_to_the_tools_name(arguments: str) -> None:
    run = Mapped(activities={"look_up": Activity("Looking up {number}")})
    run.model(call_tool("look_up", arguments))
    assert run.finish().outline() == ["workflow: Look up"]


def test_an_argument_is_one_short_line() -> None:
    run = Mapped(activities={"look_up": Activity("Looking up {what}")})
    run.model(call_tool("look_up", {"what": "line\n" * 100}))
    (task,) = run.finish().tasks()
    assert len(task["title"]) <= 80
    assert "\n" not in task["title"]


def test_a_failure_has_words_of_its_own() -> None:
    run = Mapped(activities={"look_up": Activity("Looking", failed="No luck")})
    run.model(call_tool("look_up"))
    run.sdk(tool_returned("call_1", output="An error occurred while running the tool. Please try again."))
    assert run.finish().outline() == ["workflow: No luck"]


def test_tools_of_the_provider_are_named_and_hidden_as_well() -> None:
    activities = {
        "search_issues": Activity("Looking at issues", done="Looked at issues", icon="bug"),
        "code_interpreter": Activity("Counting"),
        "web_search": None,
    }
    run = Mapped(activities=activities)
    run.model(call_mcp("github", "search_issues"), run_code("1"), search_web("cats"))
    tasks = run.finish().tasks()
    assert [(task["title"], task["icon"]) for task in tasks] == [
        ("Looked at issues", "bug"),
        ("Counting", "bolt"),
    ]


def test_an_activity_that_cannot_be_shown_is_refused_at_once() -> None:
    agent = lambda context: None  # noqa: E731
    for icon in ("upload", ""):
        with pytest.raises(ValueError, match="icon"):
            Activity("Looking", icon=icon)
    with pytest.raises(ValueError, match="title"):
        Activity(" ")
    with pytest.raises(TypeError, match="look_up"):
        Assistant(agent, activity={"look_up": 5})  # type: ignore[arg-type, dict-item]
