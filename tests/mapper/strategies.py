"""Random runs: what models say, what tools stream in between, and what damage the way can do to it."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

from agents import StreamEvent
from chatkit.types import (
    CustomSummary,
    CustomTask,
    HiddenContextItem,
    ProgressUpdateEvent,
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
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import DynamicWidgetRoot
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.mapper.events import Api, model_events, tool_called, tool_returned
from tests.mapper.mapped import BEGINNING
from tests.provider.script import (
    CallTool,
    Step,
    call_tool,
    file_citation,
    generate_image,
    next_part,
    refuse,
    run_code,
    say,
    search_files,
    search_web,
    think,
    url_citation,
)

TEXT = st.text(alphabet="ab \n\0é😀", max_size=5)
CITATIONS = st.lists(
    st.sampled_from(
        [url_citation("https://example.com/", "", 3), file_citation("", 1), file_citation("a", 1)]
    ),
    max_size=2,
)
HOSTED = [
    search_web("q", "https://example.com/"),
    search_files("q", "a.pdf"),
    run_code("1"),
    generate_image("aa", partials=["bb", "cc"]),
    generate_image(None, partials=["bb"]),
]
WHERE: dict[str, Any] = {"thread_id": "thr_1", "created_at": BEGINNING}

Event = StreamEvent | ThreadStreamEvent


def replies(api: Api) -> SearchStrategy[list[Step]]:
    """What a model says in one response."""
    pieces = st.lists(TEXT | st.builds(next_part), max_size=5)
    steps: list[SearchStrategy[Step]] = [
        st.builds(lambda pieces, citing: say(*pieces, citing=citing), pieces, CITATIONS),
        st.builds(lambda pieces, plainly: think(*pieces, plainly=plainly), pieces, st.booleans()),
        st.builds(lambda pieces: refuse(*pieces), pieces),
        st.builds(lambda call_id: call_tool("look", call_id=call_id), st.sampled_from(["a", "b"])),
    ]
    if api == "responses":
        steps.append(st.sampled_from(HOSTED))
    return st.lists(st.one_of(steps), max_size=4)


def sdk_events(api: Api, responses: Sequence[Sequence[Step]]) -> list[StreamEvent]:
    """What the SDK streams of a run with these responses: its tools are called and return after each."""
    events: list[StreamEvent] = []
    for number, reply in enumerate(responses):
        events += model_events(*reply, api=api, number=number)
        calls = dict.fromkeys(step.call_id for step in reply if isinstance(step, CallTool))
        events += [tool_called(call_id, "look") for call_id in calls]
        events += [tool_returned(call_id) for call_id in calls]
    return events


def tool_events() -> SearchStrategy[ThreadStreamEvent]:
    """Anything a tool might stream, in any order, with few ids, so that they meet."""
    items: SearchStrategy[ThreadItem] = st.one_of(
        st.builds(
            lambda number, text: WidgetItem(id=f"w{number}", widget=_widget(text), **WHERE), _FEW, TEXT
        ),
        st.builds(lambda number: TaskItem(id=f"t{number}", task=CustomTask(title="Task"), **WHERE), _FEW),
        st.builds(lambda number: HiddenContextItem(id=f"h{number}", content="secret", **WHERE), _FEW),
        st.builds(_workflow, _FEW, st.lists(_TASKS, max_size=3), st.booleans()),
    )
    ids = st.builds(lambda kind, number: f"{kind}{number}", st.sampled_from(["w", "t", "h", "f"]), _FEW)
    updates = st.one_of(
        st.builds(lambda text: WidgetRootUpdated(widget=_widget(text)), TEXT),
        st.builds(lambda index, task: WorkflowTaskAdded(task_index=index, task=task), _FEW, _TASKS),
        st.builds(lambda index, task: WorkflowTaskUpdated(task_index=index, task=task), _FEW, _TASKS),
    )
    return st.one_of(
        st.builds(lambda item: ThreadItemAddedEvent(item=item), items),
        st.builds(lambda item: ThreadItemDoneEvent(item=item), items),
        st.builds(lambda item: ThreadItemReplacedEvent(item=item), items),
        st.builds(lambda item_id: ThreadItemRemovedEvent(item_id=item_id), ids),
        st.builds(
            lambda item_id, update: ThreadItemUpdatedEvent(item_id=item_id, update=update), ids, updates
        ),
        st.just(ProgressUpdateEvent(text="Working")),
    )


@st.composite
def runs(draw: Callable[..., Any]) -> list[Event]:
    """A whole run over either API, with tools streaming anything in between."""
    api = draw(st.sampled_from(["responses", "chat_completions"]))
    events: list[Event] = list(sdk_events(api, draw(st.lists(replies(api), max_size=3))))
    for event in draw(st.lists(tool_events(), max_size=8)):
        events.insert(draw(st.integers(0, len(events))), event)
    return events


@st.composite
def damaged_runs(draw: Callable[..., Any]) -> list[Event]:
    """A run whose events were lost, repeated, swapped, or came with fields of the wrong kind."""
    events = draw(runs().filter(bool))
    places = st.integers(0, len(events) - 1)
    for damage, place, other in draw(
        st.lists(st.tuples(st.sampled_from(_DAMAGE), places, places), max_size=8)
    ):
        if damage == "lost":
            events[place] = ProgressUpdateEvent(text="Instead")
        elif damage == "repeated":
            events.insert(place, events[place])
        elif damage == "swapped":
            events[place], events[other] = events[other], events[place]
        else:
            events[place] = _spoilt(events[place], draw)
    return events


_FEW = st.integers(0, 2)
_TASKS = st.builds(
    lambda title, status: CustomTask(title=title, status_indicator=status),
    st.sampled_from(["One", "Two"]),
    st.sampled_from(["none", "loading", "complete"]),
)
_DAMAGE = ["lost", "repeated", "swapped", "spoilt"]
_JUNK = [None, 5, -1, "", "x", [], {}, ["x"], {"type": "message"}, {"type": "function_call", "call_id": "a"}]


def _spoilt(event: Event, draw: Callable[..., Any]) -> Event:
    data = getattr(event, "data", None)
    if data is None:
        return event
    spoilt = copy.deepcopy(event)
    name = draw(st.sampled_from(sorted(type(data).model_fields)))
    setattr(spoilt.data, name, draw(st.sampled_from(_JUNK)))  # type: ignore[union-attr]
    return spoilt


def _widget(text: str) -> DynamicWidgetRoot:
    return DynamicWidgetRoot.model_validate({"type": "Card", "children": [{"type": "Text", "value": text}]})


def _workflow(number: int, tasks: list[CustomTask], titled: bool) -> WorkflowItem:
    summary = CustomSummary(title="Working") if titled else None
    workflow = Workflow(type="custom", tasks=list(tasks), summary=summary)
    return WorkflowItem(id=f"f{number}", workflow=workflow, **WHERE)
