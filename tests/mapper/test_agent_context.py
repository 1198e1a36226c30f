"""The context of tools: it hands on every event, at once and for good, and leaves no widget half done."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from chatkit.types import (
    CustomSummary,
    CustomTask,
    HiddenContextItem,
    ProgressUpdateEvent,
    ThreadItemDoneEvent,
    ThreadStreamEvent,
    Workflow,
)
from chatkit.widgets import DynamicWidgetRoot

from tests.mapper.contexts import agent_context
from tests.mapper.mapped import Mapped, wire
from tests.mapper.page import JSON

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Sent:
    """What a context has handed on, as it was at that moment, and as it looks on the page."""

    def __init__(self) -> None:
        self.events: list[ThreadStreamEvent] = []
        self.page = Mapped()
        self.context = agent_context(self.take, now=lambda: NOON)

    def take(self, event: ThreadStreamEvent) -> None:
        self.events.append(event)
        self.page.tool(event)

    def kinds(self) -> list[str]:
        return [getattr(event, "update", event).type for event in self.events]

    def frames(self) -> list[JSON]:
        return [wire(event) for event in self.events]


def card(*texts: str, **extra: Any) -> DynamicWidgetRoot:
    children = [{"type": "Text", "id": f"text_{n}", "value": text} for n, text in enumerate(texts)]
    return DynamicWidgetRoot.model_validate({"type": "Card", "children": children, **extra})


async def states(*widgets: DynamicWidgetRoot, error: Exception | None = None) -> AsyncGenerator[Any, None]:
    for widget in widgets:
        yield widget
    if error:
        raise error


async def test_each_context_has_its_own_listener() -> None:
    one, other = Sent(), Sent()
    await one.context.stream(ProgressUpdateEvent(text="Looking"))
    assert (len(one.events), len(other.events)) == (1, 0)


async def test_a_listener_may_be_asynchronous() -> None:
    arriving: asyncio.Queue[ThreadStreamEvent] = asyncio.Queue(maxsize=1)
    context = agent_context(arriving.put)
    await context.stream(ProgressUpdateEvent(text="Looking"))
    assert arriving.get_nowait() == ProgressUpdateEvent(text="Looking")


async def test_what_a_tool_changes_afterwards_does_not_change_what_it_sent() -> None:
    sent = Sent()
    task = CustomTask(title="Before")
    await sent.context.add_workflow_task(task)
    before = sent.frames()
    task.title = "After"
    await sent.context.update_workflow_task(task, 0)
    assert sent.frames()[: len(before)] == before
    assert sent.page.finish().outline() == ["workflow: After"]


@pytest.mark.proves("T04")
async def test_times_have_a_zone_whatever_the_tool_gives() -> None:
    sent = Sent()
    times = [datetime.now(), datetime.now(timezone(timedelta(hours=3)))]
    for number, time in enumerate(times):
        item = HiddenContextItem(id=f"h{number}", thread_id="thr_1", created_at=time, content="x")
        await sent.context.stream(ThreadItemDoneEvent(item=item))
    await sent.context.add_workflow_task(CustomTask(title="Look"))
    await sent.context.end_workflow()
    await sent.context.stream_widget(card("Hello"))
    created = [frame["item"]["created_at"] for frame in sent.frames() if "item" in frame]
    assert all(time.endswith("Z") for time in created)
    assert datetime.fromisoformat(created[0]) == times[0].astimezone(UTC)
    assert datetime.fromisoformat(created[1]) == times[1]


@pytest.mark.proves("T26")
async def test_equal_tasks_are_numbered_by_position() -> None:
    sent = Sent()
    for _ in range(3):
        await sent.context.add_workflow_task(CustomTask(title="Same"))
    indices = [frame["update"]["task_index"] for frame in sent.frames() if "update" in frame]
    assert indices == [0, 1, 2]
    await sent.context.update_workflow_task(CustomTask(title="Last"), -1)
    assert sent.page.finish().outline() == ["workflow: Same|Same|Last"]


async def test_a_workflow_has_a_beginning_and_an_end() -> None:
    sent = Sent()
    await sent.context.start_workflow(Workflow(type="custom", tasks=[]))
    await sent.context.add_workflow_task(CustomTask(title="Look"))
    await sent.context.end_workflow(CustomSummary(title="Looked"), expanded=True)
    assert sent.context.workflow_item is None
    assert sent.page.page.open == set()
    (workflow,) = sent.page.finish().of_type("workflow")
    assert workflow["workflow"]["summary"] == {"title": "Looked"}
    assert workflow["workflow"]["expanded"]


async def test_beginning_a_workflow_ends_the_one_before() -> None:
    sent = Sent()
    await sent.context.start_workflow(Workflow(type="custom", tasks=[CustomTask(title="One")]))
    await sent.context.start_workflow(Workflow(type="custom", tasks=[CustomTask(title="Two")]))
    assert sent.kinds() == ["thread.item.added", "thread.item.done", "thread.item.added"]
    assert sent.page.finish().outline() == ["workflow: One", "workflow: Two"]


async def test_there_is_no_task_to_update_without_a_workflow() -> None:
    sent = Sent()
    await sent.context.end_workflow()
    with pytest.raises(ValueError, match="no workflow"):
        await sent.context.update_workflow_task(CustomTask(title="Look"), 0)
    await sent.context.add_workflow_task(CustomTask(title="Look"))
    with pytest.raises(IndexError):
        await sent.context.update_workflow_task(CustomTask(title="Look"), 1)


@pytest.mark.proves("DOC-19", "FEAT-progress-1")
@pytest.mark.parametrize(
    ("icon", "known"),
    [("globe", "globe"), ("lucide:upload", "lucide:upload"), ("upload", None), (None, None)],
)
async def test_an_icon_that_does_not_exist_is_left_out(icon: str | None, known: str | None) -> None:
    sent = Sent()
    await sent.context.stream_progress("Uploading", icon)
    assert sent.events == [ProgressUpdateEvent(text="Uploading", icon=known)]


async def test_a_widget_is_shown_at_once() -> None:
    sent = Sent()
    await sent.context.stream_widget(card("Hello", border=1), copy_text="Hello")
    (frame,) = sent.frames()
    assert frame["type"] == "thread.item.done"
    assert frame["item"]["copy_text"] == "Hello"
    assert frame["item"]["widget"]["border"] == 1


async def test_a_widget_grows_state_by_state() -> None:
    sent = Sent()
    await sent.context.stream_widget(states(card("Hel"), card("Hello"), card("Hello"), card("Hello", "you")))
    assert sent.kinds() == [
        "thread.item.added",
        "widget.streaming_text.value_delta",
        "widget.root.updated",
        "thread.item.done",
    ]
    (widget,) = sent.page.finish().of_type("widget")
    assert [child["value"] for child in widget["widget"]["children"]] == ["Hello", "you"]


async def test_a_generator_may_change_one_and_the_same_object() -> None:
    async def growing() -> AsyncGenerator[Any, None]:
        widget = card("Hel")
        yield widget
        widget.children[0].value = "Hello"  # type: ignore[index, union-attr]
        yield widget

    sent = Sent()
    await sent.context.stream_widget(growing())
    assert sent.kinds()[1] == "widget.streaming_text.value_delta"
    sent.page.finish()


@pytest.mark.proves("FEAT-widget-1")
async def test_a_generator_that_yields_nothing_shows_nothing() -> None:
    sent = Sent()
    await sent.context.stream_widget(states())
    assert sent.events == []


@pytest.mark.proves("FEAT-widget-1")
async def test_a_generator_that_raises_leaves_its_last_state_and_the_tool_hears_of_it() -> None:
    sent = Sent()
    with pytest.raises(ZeroDivisionError):
        await sent.context.stream_widget(states(card("Hel"), card("Hello"), error=ZeroDivisionError()))
    assert sent.page.page.open == set()
    (widget,) = sent.page.finish().of_type("widget")
    assert widget["widget"]["children"][0]["value"] == "Hello"
