"""What tools stream: it takes its place among the rest, is always ended, and hidden things never show."""

from typing import Any

import pytest
from chatkit.types import (
    ClientEffectEvent,
    CustomSummary,
    CustomTask,
    HiddenContextItem,
    NoticeEvent,
    ProgressUpdateEvent,
    SDKHiddenContextItem,
    Task,
    TaskItem,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    WidgetItem,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import DynamicWidgetRoot

from tests.mapper.events import model_events, tool_returned
from tests.mapper.mapped import BEGINNING, Mapped
from tests.provider.script import call_tool, say, think

WHERE: dict[str, Any] = {"thread_id": "thr_1", "created_at": BEGINNING}


def widget(value: str = "Hello", **extra: Any) -> DynamicWidgetRoot:
    text = {"type": "Text", "id": "text", "value": value, "streaming": True}
    return DynamicWidgetRoot.model_validate({"type": "Card", "border": 1, "children": [text], **extra})


def widget_item(item_id: str = "msg_tool", value: str = "Hello") -> WidgetItem:
    return WidgetItem(id=item_id, widget=widget(value), **WHERE)


def workflow_item(*tasks: Task, title: str | None = None, item_id: str = "wf_tool") -> WorkflowItem:
    summary = CustomSummary(title=title) if title else None
    return WorkflowItem(
        id=item_id, workflow=Workflow(type="custom", tasks=list(tasks), summary=summary), **WHERE
    )


def task(title: str, status: str = "none") -> CustomTask:
    return CustomTask.model_validate({"title": title, "status_indicator": status})


def task_added(
    index: int, title: str, status: str = "none", item_id: str = "wf_tool"
) -> ThreadItemUpdatedEvent:
    update = WorkflowTaskAdded(task_index=index, task=task(title, status))
    return ThreadItemUpdatedEvent(item_id=item_id, update=update)


def task_updated(index: int, title: str, status: str = "none") -> ThreadItemUpdatedEvent:
    update = WorkflowTaskUpdated(task_index=index, task=task(title, status))
    return ThreadItemUpdatedEvent(item_id="wf_tool", update=update)


HIDDEN: list[ThreadItem] = [
    HiddenContextItem(id="hidden", content="secret", **WHERE),
    SDKHiddenContextItem(id="hidden", content="secret", **WHERE),
]


@pytest.mark.proves("FEAT-widget-7")
@pytest.mark.parametrize("item", [widget_item(), TaskItem(id="tsk", task=task("Look"), **WHERE)])
def test_something_visible_closes_the_open_workflow(item: ThreadItem) -> None:
    run = Mapped()
    run.model(think("Hm."), call_tool("show"))
    run.tool(ThreadItemDoneEvent(item=item))
    run.sdk(tool_returned("call_1"))
    run.model(think("And now?"), say("There it is."))
    assert run.finish().outline() == [
        "workflow: Hm.|Show",
        item.type,
        "workflow: And now?",
        "message: There it is.",
    ]


def test_progress_notices_and_effects_pass_and_interrupt_nothing() -> None:
    events: list[ThreadStreamEvent] = [
        ProgressUpdateEvent(text="Looking"),
        NoticeEvent(level="info", message="Nearly there"),
        ClientEffectEvent(name="zoom", data={"to": None}),
    ]
    run = Mapped()
    run.model(think("Hm."))
    run.tool(*events)
    assert [frame["type"] for frame in run.page.others] == ["progress_update", "notice", "client_effect"]
    assert len(run.page.open) == 1
    run.finish()


@pytest.mark.parametrize("item", HIDDEN)
def test_a_hidden_item_passes_only_as_what_the_store_needs(item: ThreadItem) -> None:
    run = Mapped()
    run.model(think("Hm."))
    assert not list(run.mapper.emitted(ThreadItemAddedEvent(item=item)))
    stored = [
        *run.mapper.emitted(ThreadItemDoneEvent(item=item)),
        *run.mapper.emitted(ThreadItemReplacedEvent(item=item)),
    ]
    assert [event.type for event in stored] == ["thread.item.done", "thread.item.replaced"]
    assert len(run.page.open) == 1
    run.finish()


@pytest.mark.proves("EV-1")
@pytest.mark.parametrize("end", ["finish", "interrupt"])
def test_a_widget_that_is_cut_ends_as_it_was_last(end: str) -> None:
    run = Mapped()
    run.tool(
        ThreadItemAddedEvent(item=widget_item(value="Hel")),
        ThreadItemUpdatedEvent(item_id="msg_tool", update=WidgetRootUpdated(widget=widget("Hell", key="k"))),
        ThreadItemUpdatedEvent(
            item_id="msg_tool",
            update=WidgetStreamingTextValueDelta(component_id="text", delta="o", done=False),
        ),
    )
    page = getattr(run, end)()
    assert page.items["msg_tool"]["widget"] == widget("Hello", key="k").model_dump(exclude_none=True)


@pytest.mark.proves("ITEM-workflow-2")
def test_an_update_for_what_was_never_announced_goes_nowhere() -> None:
    run = Mapped()
    run.tool(ThreadItemUpdatedEvent(item_id="msg_tool", update=WidgetRootUpdated(widget=widget())))
    run.tool(
        task_updated(3, "Nothing"), ThreadItemAddedEvent(item=workflow_item()), task_updated(3, "Nothing")
    )
    assert run.frames == []
    assert run.finish().items == {}


@pytest.mark.proves("T08")
def test_what_has_ended_changes_by_replacement_only() -> None:
    run = Mapped()
    run.tool(
        ThreadItemDoneEvent(item=widget_item()),
        ThreadItemAddedEvent(item=widget_item()),
        ThreadItemUpdatedEvent(item_id="msg_tool", update=WidgetRootUpdated(widget=widget("Lost"))),
        ThreadItemDoneEvent(item=widget_item(value="New")),
    )
    assert run.kinds() == ["thread.item.done", "thread.item.replaced"]
    assert run.finish().items["msg_tool"]["widget"]["children"][0]["value"] == "New"


def test_an_open_item_that_is_replaced_is_still_ended() -> None:
    run = Mapped()
    run.tool(ThreadItemAddedEvent(item=widget_item()), ThreadItemReplacedEvent(item=widget_item(value="New")))
    assert run.finish().items["msg_tool"]["widget"]["children"][0]["value"] == "New"
    assert run.kinds()[-1] == "thread.item.done"


def test_an_item_of_an_earlier_turn_can_be_replaced_or_removed() -> None:
    run = Mapped()
    run.tool(
        ThreadItemReplacedEvent(item=workflow_item(task("Old"))), ThreadItemRemovedEvent(item_id="msg_old")
    )
    assert run.kinds() == ["thread.item.replaced", "thread.item.removed"]
    run.finish()


def test_an_item_that_its_tool_takes_back_is_gone() -> None:
    run = Mapped()
    run.tool(ThreadItemAddedEvent(item=widget_item()), ThreadItemRemovedEvent(item_id="msg_tool"))
    assert run.finish().items == {}


def test_a_tools_tasks_join_the_open_workflow_under_their_own_numbers() -> None:
    run = Mapped()
    run.model(think("Hm."), call_tool("travel"))
    run.tool(
        ThreadItemAddedEvent(item=workflow_item()),
        task_added(0, "Flights", "loading"),
        task_added(1, "Hotels", "loading"),
        task_updated(0, "Flights found", "complete"),
    )
    run.sdk(tool_returned("call_1"))
    run.model(think("Good."), say("Go."))
    page = run.finish()
    assert page.outline() == ["workflow: Hm.|Travel|Flights found|Hotels|Good.", "message: Go."]
    assert {task["status_indicator"] for task in page.tasks()} == {"complete"}


def test_a_workflow_with_a_title_stands_by_itself() -> None:
    run = Mapped()
    run.model(call_tool("travel"))
    run.tool(
        ThreadItemAddedEvent(item=workflow_item(title="Planning")),
        task_added(0, "Flights"),
        ThreadItemDoneEvent(item=workflow_item(task("Flights"), task("Hotels"), title="Planned")),
    )
    run.sdk(tool_returned("call_1"))
    page = run.finish()
    assert page.outline() == ["workflow: Travel", "workflow: Flights|Hotels"]
    assert page.items["wf_tool"]["workflow"]["summary"] == {"title": "Planned"}


def test_ending_a_tools_workflow_ends_the_one_its_tasks_are_in() -> None:
    run = Mapped()
    run.model(think("Hm."))
    ended = workflow_item(task("Flights"))
    ended.workflow.expanded = True
    run.tool(
        ThreadItemAddedEvent(item=workflow_item()), task_added(0, "Flights"), ThreadItemDoneEvent(item=ended)
    )
    (workflow,) = run.page.of_type("workflow")
    assert run.page.open == set()
    assert workflow["workflow"]["expanded"]
    run.model(think("Well."))
    assert run.finish().outline() == ["workflow: Hm.|Flights", "workflow: Well."]


def test_a_tools_workflow_goes_on_after_something_visible() -> None:
    run = Mapped()
    run.tool(
        ThreadItemAddedEvent(item=workflow_item()),
        task_added(0, "Flights", "loading"),
        ThreadItemDoneEvent(item=widget_item()),
        task_added(1, "Hotels", "loading"),
        task_updated(0, "Flights found", "complete"),
        task_updated(1, "Hotels found", "complete"),
    )
    assert run.finish().outline() == ["workflow: Flights found", "widget", "workflow: Hotels found"]


@pytest.mark.proves("ITEM-workflow-1")
def test_a_task_in_a_closed_workflow_cannot_go_back_to_loading() -> None:
    run = Mapped()
    run.tool(ThreadItemAddedEvent(item=workflow_item()), task_added(0, "Flights", "loading"))
    run.tool(ThreadItemDoneEvent(item=widget_item()), task_updated(0, "Trains", "loading"))
    (shown,) = run.finish().tasks()
    assert (shown["title"], shown["status_indicator"]) == ("Trains", "complete")


@pytest.mark.proves("T26")
def test_equal_tasks_of_a_tool_keep_their_own_places() -> None:
    run = Mapped()
    run.tool(ThreadItemAddedEvent(item=workflow_item()), *(task_added(number, "Same") for number in range(3)))
    run.tool(task_updated(1, "Other"))
    assert run.finish().outline() == ["workflow: Same|Other|Same"]


@pytest.mark.parametrize("after_the_end", [True, False])
def test_a_workflow_that_its_tool_takes_back_does_not_return(after_the_end: bool) -> None:
    run = Mapped()
    run.tool(ThreadItemAddedEvent(item=workflow_item(title="Planning")), task_added(0, "Flights"))
    run.model(call_tool("look"))
    if after_the_end:
        run.tool(ThreadItemDoneEvent(item=workflow_item(task("Flights"), title="Planned")))
    run.tool(ThreadItemRemovedEvent(item_id="wf_tool"))
    run.sdk(tool_returned("call_1"))
    run.tool(task_updated(0, "Flights found"))
    assert run.finish().items == {}


def test_a_workflow_that_is_only_ever_done_is_shown_whole() -> None:
    run = Mapped()
    run.model(think("Hm."))
    run.tool(ThreadItemDoneEvent(item=workflow_item(task("Flights"), task("Hotels"))))
    assert run.finish().outline() == ["workflow: Hm.", "workflow: Flights|Hotels"]


def test_what_a_tool_says_of_its_workflow_anew_replaces_its_tasks() -> None:
    run = Mapped()
    run.tool(ThreadItemAddedEvent(item=workflow_item(task("Flights"))))
    run.tool(ThreadItemReplacedEvent(item=workflow_item(task("Trains"), task("Hotels"))))
    assert run.finish().outline() == ["workflow: Trains|Hotels"]


def test_tools_are_heard_no_more_after_the_end() -> None:
    run = Mapped()
    run.finish()
    run.tool(ThreadItemDoneEvent(item=widget_item()))
    run.sdk(*model_events(say("Too late")))
    assert run.frames == []
