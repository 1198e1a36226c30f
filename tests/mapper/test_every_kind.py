"""Every kind of thing a run can tell of, and what a reader sees of it: an upgrade with more of them fails."""

from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

import pytest
from agents import RunItemStreamEvent, StreamEvent
from agents.items import MCPApprovalRequestItem, MCPApprovalResponseItem, RunItem, ToolCallItem
from chatkit.types import ThreadMetadata
from openai.types.responses import ResponseOutputItem, ResponseStreamEvent
from openai.types.responses.response_output_item import McpApprovalRequest, McpApprovalResponse

from app.turns.mapper.mapper import EventMapper
from tests.mapper.events import AGENT, model_events, told, tool_returned
from tests.mapper.mapped import BEGINNING, Mapped
from tests.provider.hosted_tools import (
    ask_approval,
    call_custom_tool,
    compact,
    edit_file,
    list_mcp_tools,
    output_of,
    run_commands,
    run_local_command,
    run_program,
    search_tools,
    use_computer,
)
from tests.provider.script import (
    JSON,
    Step,
    UseHostedTool,
    call_mcp,
    call_tool,
    generate_image,
    run_code,
    say,
    search_files,
    search_web,
    think,
)

SECRET = "a secret"


@dataclass(frozen=True)
class Seen:
    """What the model does, and the states its task has one after the other; `returns` ends a local call."""

    steps: tuple[Step, ...]
    states: tuple[str, ...] = ()
    returns: bool = False


NOTHING = Seen((say("Hello"),))
"""For the model alone, or told in another way."""

SHELL_OUTPUT: JSON = {"status": "completed", "max_output_length": None, "output": []}

ITEMS: dict[str, Seen] = {
    "message": NOTHING,
    "reasoning": Seen((think("Hm."),), ("loading: Hm.", "complete: Hm.")),
    "function_call": Seen(
        (call_tool("look_up", {"what": SECRET}),), ("loading: Look up", "complete: Look up"), returns=True
    ),
    "custom_tool_call": Seen(
        (call_custom_tool("run_sql", SECRET),), ("loading: Run sql", "complete: Run sql"), returns=True
    ),
    "computer_call": Seen(
        (use_computer(),), ("loading: Using the computer", "complete: Used the computer"), returns=True
    ),
    "local_shell_call": Seen(
        (run_local_command(SECRET),), ("loading: Running a command", "complete: Ran a command"), returns=True
    ),
    "shell_call": Seen(
        (run_commands(SECRET),), ("loading: Running a command", "complete: Ran a command"), returns=True
    ),
    "apply_patch_call": Seen(
        (edit_file(SECRET),), ("loading: Editing a file", "complete: Edited a file"), returns=True
    ),
    "program": Seen((run_program(SECRET),), ("loading: Running code", "complete: Ran code"), returns=True),
    "function_call_output": Seen(
        (call_tool("look_up"), output_of("function_call", status="completed", output=SECRET)),
        ("loading: Look up", "complete: Look up"),
    ),
    "custom_tool_call_output": Seen(
        (call_custom_tool("run_sql", ""), output_of("custom_tool_call", status="completed", output=SECRET)),
        ("loading: Run sql", "complete: Run sql"),
    ),
    "computer_call_output": Seen(
        (
            use_computer(),
            output_of("computer_call", status="completed", output={"type": "computer_screenshot"}),
        ),
        ("loading: Using the computer", "complete: Used the computer"),
    ),
    "local_shell_call_output": Seen(
        (run_local_command("ls"), output_of("local_shell_call", output=SECRET)),
        ("loading: Running a command", "complete: Ran a command"),
    ),
    "shell_call_output": Seen(
        (run_commands("ls"), output_of("shell_call", **SHELL_OUTPUT)),
        ("loading: Running a command", "complete: Ran a command"),
    ),
    "apply_patch_call_output": Seen(
        (edit_file("a"), output_of("apply_patch_call", status="failed", output=SECRET)),
        ("loading: Editing a file", "complete: The file could not be edited"),
    ),
    "program_output": Seen(
        (run_program("1"), output_of("program", status="completed", result=SECRET)),
        ("loading: Running code", "complete: Ran code"),
    ),
    "web_search_call": Seen(
        (search_web("cats"),), ("loading: Searching the web", "complete: Searched the web")
    ),
    "file_search_call": Seen(
        (search_files("cats"),),
        ("loading: Searching files for “cats”", "complete: Searched files for “cats”"),
    ),
    "code_interpreter_call": Seen((run_code(SECRET),), ("loading: Running code", "complete: Ran code")),
    # An item of its own.
    "image_generation_call": Seen((generate_image("aW1n"),)),
    "tool_search_call": Seen(
        (search_tools("a"),), ("loading: Looking for a tool", "complete: Looked for a tool")
    ),
    "tool_search_output": NOTHING,
    "additional_tools": NOTHING,
    "compaction": Seen(
        (compact(),), ("loading: Summarizing the conversation", "complete: Summarized the conversation")
    ),
    "mcp_list_tools": Seen(
        (list_mcp_tools("github", "search"),),
        ("loading: Connecting to github", "complete: Connected to github"),
    ),
    "mcp_call": Seen(
        (call_mcp("github", "search_issues", output=SECRET),),
        ("loading: Search issues", "complete: Search issues"),
    ),
    # The question is asked in another way, and its answer is told below.
    "mcp_approval_request": Seen((ask_approval("github", "delete", SECRET),)),
    "mcp_approval_response": NOTHING,
}
"""By type of the model's output item."""

RUN_EVENTS: dict[str, str] = {
    "message_output_created": "the message was streamed",
    "reasoning_item_created": "the thoughts were streamed",
    "tool_called": "names the tool's own title, and begins what was not streamed",
    "tool_output": "ends the call",
    "tool_search_called": "the item was streamed",
    "tool_search_output_created": "for the model",
    "handoff_requested": "the call was streamed",
    "handoff_occured": "ends the call, and names who goes on",
    "mcp_approval_requested": "remembered until it is decided",
    "mcp_approval_response": "a refusal is shown",
    "mcp_list_tools": "the item was streamed",
}
"""By name of the event that the SDK makes of an item."""

PASSED_OVER = {
    "response.in_progress",
    "response.queued",
    # The run raises, and the failure is told in a sentence.
    "response.failed",
    "response.incomplete",
    "error",
    # Their text comes with a part or an item that is announced anyway.
    "response.content_part.added",
    "response.reasoning_summary_part.added",
    # Nothing that is spoken is shown.
    "response.audio.delta",
    "response.audio.done",
    "response.audio.transcript.delta",
    "response.audio.transcript.done",
    # Steps of a call, which begins and ends with its item, and what goes into it.
    "response.code_interpreter_call.in_progress",
    "response.code_interpreter_call.interpreting",
    "response.code_interpreter_call.completed",
    "response.code_interpreter_call_code.delta",
    "response.code_interpreter_call_code.done",
    "response.compaction.compacting",
    "response.custom_tool_call_input.delta",
    "response.custom_tool_call_input.done",
    "response.file_search_call.in_progress",
    "response.file_search_call.searching",
    "response.file_search_call.completed",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.image_generation_call.in_progress",
    "response.image_generation_call.generating",
    "response.image_generation_call.completed",
    "response.mcp_call.in_progress",
    "response.mcp_call.completed",
    "response.mcp_call.failed",
    "response.mcp_call_arguments.delta",
    "response.mcp_call_arguments.done",
    "response.mcp_list_tools.in_progress",
    "response.mcp_list_tools.completed",
    "response.mcp_list_tools.failed",
    "response.shell_call_command.added",
    "response.shell_call_command.delta",
    "response.shell_call_command.done",
    "response.shell_call_output_content.delta",
    "response.shell_call_output_content.done",
    "response.web_search_call.in_progress",
    "response.web_search_call.searching",
    "response.web_search_call.completed",
}
"""The model's events that change nothing on the page."""


def types_of(union: Any) -> set[str]:
    """Return what the members of a union call themselves."""
    members = get_args(get_args(union)[0])
    return {get_args(member.model_fields["type"].annotation)[0] for member in members}


def states(run: Mapped) -> tuple[str, ...]:
    """Every state that a task was shown in."""
    shown = []
    for frame in run.frames:
        match frame:
            case {"type": "thread.item.added", "item": {"workflow": {"tasks": [task]}}}:
                shown.append(task)
            case {"update": {"task": task}}:
                shown.append(task)
    return tuple(f"{task['status_indicator']}: {task.get('title') or task['content']}" for task in shown)


@pytest.mark.proves("MAP-1")
def test_every_type_of_item_is_in_the_table() -> None:
    assert set(ITEMS) == types_of(ResponseOutputItem)


def test_every_event_of_the_sdk_is_in_the_table() -> None:
    assert set(RUN_EVENTS) == set(get_args(get_type_hints(RunItemStreamEvent)["name"]))
    assert {get_args(get_type_hints(event)["type"])[0] for event in get_args(StreamEvent)} == {
        "raw_response_event",
        "run_item_stream_event",
        # The hand-off before it names the agent.
        "agent_updated_stream_event",
    }
    assert len(get_args(RunItem)) == 14, "each has an event, but what the user or a session put in"


def test_every_event_of_the_model_is_handled_or_passed_over_on_purpose() -> None:
    mapper = EventMapper(
        ThreadMetadata(id="thr_1", created_at=BEGINNING), new_item_id=str, now=lambda: BEGINNING
    )
    handled = set(mapper._of_model)
    assert handled | PASSED_OVER == types_of(ResponseStreamEvent)
    assert handled & PASSED_OVER == set()


@pytest.mark.proves("MAP-1")
@pytest.mark.parametrize("kind", ITEMS)
def test_a_call_is_seen_from_its_start_to_its_end_and_keeps_to_itself(kind: str) -> None:
    seen, run = ITEMS[kind], Mapped()
    run.model(*seen.steps)
    if seen.returns:
        assert states(run) == seen.states[:1], "it goes on until its output is there"
        run.sdk(tool_returned("call_1", output=SECRET))
    assert states(run) == seen.states
    run.finish()
    assert SECRET not in str(run.frames)


@pytest.mark.parametrize("kind", [kind for kind in ITEMS if kind.endswith("_output")])
def test_a_call_that_the_provider_has_answered_is_not_shown_again_when_the_sdk_tells_of_it(kind: str) -> None:
    run = Mapped()
    run.model(*ITEMS[kind].steps)
    before = list(run.frames)
    for step in ITEMS[kind].steps:
        if isinstance(step, UseHostedTool):
            run.sdk(told("tool_called", ToolCallItem(AGENT, step.done)))
    assert run.frames == before
    run.finish()


@pytest.mark.parametrize(
    ("approve", "outline"), [(True, []), (False, ["workflow: Delete issue was not allowed"])]
)
def test_a_call_that_was_not_allowed_is_told(approve: bool, outline: list[str]) -> None:
    request = McpApprovalRequest(
        id="mcpr_1", type="mcp_approval_request", server_label="github", name="delete_issue", arguments=SECRET
    )
    response = McpApprovalResponse(
        id="mcpa_1", type="mcp_approval_response", approval_request_id="mcpr_1", approve=approve
    )
    run = Mapped()
    run.sdk(
        told("mcp_approval_requested", MCPApprovalRequestItem(AGENT, request)),
        told("mcp_approval_response", MCPApprovalResponseItem(AGENT, response)),  # type: ignore[arg-type]
    )
    assert run.finish().outline() == outline


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ({"type": "mcp_list_tools", "server_label": "github", "error": "no"}, "github could not be reached"),
        ({"type": "dream_call", "status": "completed"}, "Used a tool"),
        ({"type": "dream_call", "status": "failed"}, "The tool failed"),
    ],
)
def test_a_hosted_tool_that_fails_or_is_not_known_is_a_task_that_ends(item: JSON, title: str) -> None:
    run = Mapped()
    for event in model_events(run_code("1")):
        if event.data.type in ("response.output_item.added", "response.output_item.done"):
            event.data.item = item  # type: ignore[assignment]
        run.sdk(event)
    (task,) = run.page.tasks()
    assert (task["title"], task["status_indicator"]) == (title, "complete")
    run.finish()
