"""An unedited export, loaded and run: agents, memory, state, approvals, loops, search."""

import json
from typing import Any

import pytest

from app.workflows.answers import answer_of
from tests.workflows.conftest import Export
from tests.workflows.hosting import Host, HostWithPage, LimitReached, Paused, loaded, said

LOAN = json.dumps({"category": "loan"})
ORDER = json.dumps({"category": "order"})
OTHER = json.dumps({"category": "other"})
BOOKS = json.dumps({"lines": [{"isbn": "1", "copies": 3}], "note": None})


@pytest.mark.proves("AB-01", "AB-02", "AB-04")
async def test_an_agent_remembers_the_turn_before_and_classify_sees_one_message(export: Export) -> None:
    workflow = loaded(export("library_desk.py"))
    host = Host(OTHER, "Hello.", OTHER, "I said hello.")

    await host.turn(workflow, "Good day")
    await host.turn(workflow, "What did you say?")

    first, second, third, fourth = host.inputs
    assert [said(item) for item in first] == ["Good day"]
    assert [said(item) for item in second] == ["Good day"]
    assert [said(item) for item in third] == ["What did you say?"]
    assert [said(item) for item in fourth] == ["Good day", "Hello.", "What did you say?"]


async def test_two_turns_share_no_list(export: Export) -> None:
    workflow = loaded(export("library_desk.py"))
    one, other = Host(OTHER, "One."), Host(OTHER, "Other.")

    await one.turn(workflow, "I am one")
    await other.turn(workflow, "I am another")

    assert [said(item) for item in other.inputs[1]] == ["I am another"]
    assert [said(item) for item in one.transcript] == ["I am one", "One."]


@pytest.mark.proves("AB-07")
async def test_state_begins_with_what_the_thread_has_and_keeps_what_is_set(export: Export) -> None:
    workflow = loaded(export("library_desk.py"))
    host = Host(ORDER, BOOKS, decisions=[True])
    host.state = {"budget": "90", "from_a_session": 1}

    answer = await host.turn(workflow, "Three copies")

    assert answer == {"message": "Ordered for 90."}
    assert host.state == {"budget": "90", "asked": True, "from_a_session": 1}
    assert "Stay under 90" in str(host.models.model.calls[1].system_instructions)


async def test_the_context_of_a_run_and_its_settings_reach_the_turn(export: Export) -> None:
    workflow = loaded(export("library_desk.py"))
    host = Host(ORDER, BOOKS, decisions=[True])

    await host.turn(workflow, "Three copies")

    assert host.options[1]["context"].workflow_input_as_text == "Three copies"
    assert host.options[1]["run_config"].trace_metadata["workflow_id"] == "wf_desk"


async def test_an_approval_is_asked_with_its_message_and_decides(export: Export) -> None:
    workflow = loaded(export("library_desk.py"))
    host = Host(ORDER, BOOKS, decisions=[False])

    answer = await host.turn(workflow, "Three copies")

    assert host.asked == [("approval_request", "Order three copies?")]
    assert answer_of(answer, "Three copies") == "Not ordered."


async def test_nothing_behind_an_approval_runs_before_it_is_decided(export: Export) -> None:
    workflow = loaded(export("two_approvals.py"))
    host = Host(decisions=[True])

    with pytest.raises(Paused):
        await host.turn(workflow, "Lend me a book")

    assert host.asked == [("approval_request", "May I look?"), ("approval_request1", "May I lend it?")]


@pytest.mark.parametrize(
    "call", ["(lambda: approval_request('Go on?'))()", "list(map(approval_request, ['?']))[0]"]
)
async def test_an_approval_that_cannot_wait_is_never_granted(export: Export, call: str) -> None:
    text = export("two_approvals.py").read_text().replace('approval_request("May I look?")', call)
    workflow = loaded(export("changed.py", text))

    with pytest.raises(RuntimeError, match="nothing is approved unasked"):
        await Host().turn(workflow, "Lend me a book")


async def test_an_approval_with_a_body_of_its_own_is_left_alone(export: Export) -> None:
    text = (
        export("two_approvals.py")
        .read_text()
        .replace("  # Implement this\n  return True", "  return 'y' in message")
    )
    workflow = loaded(export("changed.py", text))

    answer = await Host().turn(workflow, "Lend me a book")

    assert answer == {"message": "Lent."}


async def test_a_loop_ends_at_its_limit_though_the_export_catches_every_exception(export: Export) -> None:
    workflow = loaded(export("endless.py"))
    host = Host(*["Once more."] * 4)

    with pytest.raises(LimitReached):
        await host.turn(workflow, "Write")

    assert len(host.inputs) == 3


async def test_a_file_edited_by_hand_under_other_names(export: Export) -> None:
    workflow = loaded(export("hand_edited.py"))
    host = Host("A draft.", "A better one.", "Good.", decisions=[True])

    answer = await host.turn(workflow, "Write")

    assert answer_of(answer, "Write") == "Good."
    assert host.asked == [("needs_consent", "Send it?")]
    assert host.state == {"rounds": 2}
    assert [said(item) for item in host.transcript] == ["Write", "A draft.", "A better one."]


@pytest.mark.parametrize("indent", ["  ", "    "])
async def test_indentation_does_not_matter(export: Export, indent: str) -> None:
    text = export("two_approvals.py").read_text().replace("  ", indent)
    workflow = loaded(export("changed.py", text))

    assert await Host(decisions=[True, True]).turn(workflow, "Lend") == {"message": "Lent."}


async def test_a_function_tool_with_a_body_is_the_users_own(export: Export) -> None:
    workflow = loaded(export("library_desk.py"))

    assert not any("count_shelves" in rewrite.what for rewrite in workflow.rewrites)


async def call_renew_loan(host: Host, workflow: Any) -> Any:
    from agents.tool_context import ToolContext

    from app.workflows.host import hosted_by

    [tool] = [tool for tool in workflow.agents["clerk"].tools if tool.name == "renew_loan"]
    arguments = json.dumps({"card": "7", "barcode": "b-1"})
    context = ToolContext(
        context=None, tool_name="renew_loan", tool_call_id="call_1", tool_arguments=arguments
    )
    with hosted_by(host):
        return await tool.on_invoke_tool(context, arguments)


@pytest.mark.proves("AB-22")
async def test_a_tool_without_a_body_tells_the_model_that_it_is_not_there(export: Export) -> None:
    workflow = loaded(export("library_desk.py"))

    assert "renew_loan is not available" in await call_renew_loan(Host(), workflow)
    assert any("renew_loan" in rewrite.what and rewrite.name == "tools" for rewrite in workflow.rewrites)


@pytest.mark.proves("AB-22")
@pytest.mark.parametrize("how", ["def", "async def"])
async def test_a_tool_is_bound_by_name_to_a_function(export: Export, how: str) -> None:
    export(
        "desk_tools.py", f"{how} renew(card, barcode):\n    return f'{{barcode}} until May for {{card}}'\n"
    )
    workflow = loaded(export("library_desk.py", config='[tools]\nrenew_loan = "desk_tools:renew"\n'))

    assert await call_renew_loan(Host(), workflow) == "b-1 until May for 7"


@pytest.mark.proves("AB-22")
async def test_a_tool_is_bound_to_the_page(export: Export) -> None:
    workflow = loaded(export("library_desk.py", config='[tools]\nrenew_loan = "client"\n'))
    host = HostWithPage()

    assert await call_renew_loan(host, workflow) == "the page says hello"
    assert host.client_calls == [("renew_loan", {"card": "7", "barcode": "b-1"})]
    assert "not available" in await call_renew_loan(Host(), workflow)
