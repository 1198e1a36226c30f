"""Tools at work: a task with a start and an end for each, in words, and nothing that is nobody's business."""

from typing import Any

import pytest

from tests.mapper.events import Api, handed_over, model_events, tool_called, tool_returned
from tests.mapper.mapped import Mapped
from tests.provider.script import (
    JSON,
    UseHostedTool,
    call_mcp,
    call_tool,
    run_code,
    say,
    search_files,
    search_web,
)

pytestmark = pytest.mark.proves("MAP-1")

BOTH = pytest.mark.parametrize("api", ["responses", "chat_completions"])


def loading_and_complete(run: Mapped) -> tuple[JSON, JSON]:
    """The first and the last state of the only task."""
    added = next(frame for frame in run.frames if frame["type"] == "thread.item.added")
    (task,) = run.finish().tasks()
    return added["item"]["workflow"]["tasks"][0], task


@BOTH
def test_a_function_tool_is_a_task_from_its_call_to_its_output(api: Api) -> None:
    run = Mapped()
    run.model(call_tool("get_weather", {"city": "a secret"}, call_id="call_9"), api=api)
    run.sdk(tool_called("call_9", "get_weather"))
    begun = run.page.tasks()
    run.sdk(tool_returned("call_9", output="a secret"))
    assert begun == [
        {"type": "custom", "title": "Get weather", "icon": "bolt", "status_indicator": "loading"}
    ]
    assert run.page.tasks() == [{**begun[0], "status_indicator": "complete"}]
    run.finish()
    assert "secret" not in str(run.frames)


def test_a_tools_own_title_is_used() -> None:
    run = Mapped()
    run.model(call_tool("get_weather"))
    run.sdk(tool_called("call_1", "get_weather", title="Looking at the sky"), tool_returned("call_1"))
    assert run.finish().outline() == ["workflow: Looking at the sky"]


def test_a_call_that_the_model_did_not_stream_is_shown_when_it_is_made() -> None:
    run = Mapped()
    run.sdk(tool_called("call_1", "getWeather"), tool_returned("call_1"))
    assert run.finish().outline() == ["workflow: Get weather"]


@BOTH
def test_parallel_calls_end_one_by_one(api: Api) -> None:
    run = Mapped()
    run.model(call_tool("one", call_id="a"), call_tool("two", call_id="b"), api=api)
    run.sdk(tool_returned("b"))
    assert [task["status_indicator"] for task in run.page.tasks()] == ["loading", "complete"]
    run.sdk(tool_returned("a"))
    assert [task["status_indicator"] for task in run.finish().tasks()] == ["complete", "complete"]


def test_call_ids_that_come_again_in_the_next_step_are_calls_of_their_own() -> None:
    run = Mapped()
    for _ in range(2):
        run.model(call_tool("look", call_id="call_0"))
        run.sdk(tool_called("call_0", "look"), tool_returned("call_0"))
    assert run.finish().outline() == ["workflow: Look|Look"]


def test_a_hidden_tool_stays_out_of_the_workflow() -> None:
    run = Mapped(activities={"open_map": None})
    run.model(call_tool("open_map", call_id="a"), call_tool("look", call_id="b"))
    run.sdk(tool_called("a", "open_map", title="Open map"), tool_returned("a"), tool_returned("b"))
    assert run.finish().outline() == ["workflow: Look"]


@BOTH
def test_a_hand_off_names_the_agent_that_goes_on(api: Api) -> None:
    run = Mapped()
    run.model(call_tool("transfer_to_billing"), api=api)
    assert run.page.outline() == ["workflow: Transfer to billing"]
    run.sdk(handed_over("call_1", "Billing agent"))
    (task,) = run.page.tasks()
    assert (task["title"], task["status_indicator"]) == ("Handed over to Billing agent", "complete")
    run.finish()


def test_a_web_search_shows_its_query_and_what_it_found() -> None:
    run = Mapped()
    run.model(search_web("cats", "https://example.com/cats", "javascript:alert(1)"))
    begun, done = loading_and_complete(run)
    assert (begun["title"], begun["status_indicator"]) == ("Searching the web", "loading")
    assert done == {
        "type": "web_search",
        "title": "Searched the web",
        "title_query": "cats",
        "queries": ["cats"],
        "sources": [{"type": "url", "url": "https://example.com/cats", "title": "example.com"}],
        "status_indicator": "complete",
    }


def test_a_page_that_was_opened_is_its_own_source() -> None:
    item = {"id": "ws_1", "type": "web_search_call", "status": "completed"}
    opened = {**item, "action": {"type": "open_page", "url": "https://example.com/cats"}}
    run = Mapped()
    run.model(UseHostedTool(running=opened, done=opened))
    begun, done = loading_and_complete(run)
    assert (begun["title"], done["title"]) == ("Reading a page", "Read a page")
    assert [source["url"] for source in done["sources"]] == ["https://example.com/cats"]


def test_a_file_search_names_the_files_it_found_once() -> None:
    run = Mapped()
    run.model(search_files("cats", "cats.pdf", "cats.pdf", "dogs.pdf"))
    _, done = loading_and_complete(run)
    assert done["type"] == "file"
    assert [source["filename"] for source in done["sources"]] == ["cats.pdf", "dogs.pdf"]
    assert "found text" not in str(run.frames)


@pytest.mark.parametrize(
    ("step", "running", "done"),
    [
        (run_code("print('a secret')"), "Running code", "Ran code"),
        (call_mcp("github", "search_issues", output="a secret"), "Search issues", "Search issues"),
    ],
)
def test_other_hosted_tools_are_named_and_keep_to_themselves(
    step: UseHostedTool, running: str, done: str
) -> None:
    run = Mapped()
    run.model(step)
    before, after = loading_and_complete(run)
    assert (before["title"], before["status_indicator"]) == (running, "loading")
    assert (after["title"], after["status_indicator"]) == (done, "complete")
    assert "secret" not in str(run.frames)


@pytest.mark.parametrize("begins", [True, False])
def test_a_hosted_tool_that_ends_twice_is_one_task(begins: bool) -> None:
    run = Mapped()
    events = model_events(run_code("1"))
    run.sdk(*(events[:-2] if begins else ()), events[-2], events[-2])
    assert run.finish().outline() == ["workflow: Ran code"]


def test_hosted_tools_that_were_not_streamed_are_shown_at_their_end_in_each_response() -> None:
    run = Mapped()
    for _ in range(2):
        created, *_, done, _ = model_events(run_code("1"))
        run.sdk(created, done)
    assert run.finish().outline() == ["workflow: Ran code|Ran code"]


def test_a_hosted_tool_that_fails_says_so() -> None:
    step = run_code("1 / 0")
    run = Mapped()
    run.model(UseHostedTool(step.running, {**step.done, "status": "failed"}))
    assert loading_and_complete(run)[1]["title"] == "The code failed"


@pytest.mark.parametrize(
    ("item", "running", "done"),
    [
        ({"type": "computer_call", "pending_safety_checks": []}, "Using the computer", "Used the computer"),
        (
            {"type": "shell_call", "action": {"commands": ["ls"]}, "environment": None},
            "Running a command",
            "Ran a command",
        ),
    ],
)
def test_the_computer_and_the_shell_are_tasks_until_their_output(
    item: dict[str, Any], running: str, done: str
) -> None:
    begun = {**item, "id": "item_1", "call_id": "call_1", "status": "in_progress"}
    run = Mapped()
    run.model(UseHostedTool(begun, begun))
    assert run.page.outline() == [f"workflow: {running}"]
    run.sdk(tool_returned("call_1"))
    assert run.finish().outline() == [f"workflow: {done}"]


@pytest.mark.proves("ITEM-workflow-1")
@pytest.mark.parametrize(("end", "status"), [("finish", "complete"), ("interrupt", "none")])
def test_no_task_is_left_loading(end: str, status: str) -> None:
    run = Mapped()
    run.model(call_tool("look"))
    assert [task["status_indicator"] for task in getattr(run, end)().tasks()] == [status]


def test_a_tool_never_holds_back_the_text() -> None:
    run = Mapped()
    run.sdk(*model_events(call_tool("look"), say("Meanwhile.")))
    assert run.finish().outline() == ["workflow: Look", "message: Meanwhile."]


def test_names_are_one_short_line() -> None:
    run = Mapped()
    run.model(call_tool("x" * 500))
    (task,) = run.finish().tasks()
    assert len(task["title"]) <= 80
