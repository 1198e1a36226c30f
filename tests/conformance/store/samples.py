"""Threads and items to store, and how two of them are compared."""

import json
from datetime import UTC, datetime
from typing import Any

from chatkit.store import Store
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    CustomSummary,
    CustomTask,
    DurationSummary,
    EndOfTurnItem,
    FileAttachment,
    FileSource,
    FileTask,
    GeneratedImage,
    GeneratedImageItem,
    HiddenContextItem,
    ImageAttachment,
    ImageTask,
    InferenceOptions,
    SDKHiddenContextItem,
    SearchTask,
    StructuredInputAnswer,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    TaskItem,
    ThoughtTask,
    ThreadItem,
    ThreadMetadata,
    ToolChoice,
    URLSource,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
    WidgetItem,
    Workflow,
    WorkflowItem,
)
from chatkit.widgets import DynamicWidgetRoot
from pydantic import AnyUrl

NOW = datetime(2026, 11, 22, 12, 30, 15, 123456, UTC)

WIDGET = {
    "type": "Card",
    "border": {"size": 2, "color": "red"},
    "children": [
        {"type": "Text", "value": "Hello", "id": "greeting", "shimmer": True},
        {"type": "Table", "rows": [[1, 2.5, "x"], [False, "2026-01-01"]]},
        {"type": "Transition", "children": {"type": "Markdown", "value": "*one*"}},
        {"type": "DatePicker", "name": "when", "defaultValue": "2026-01-01"},
        {
            "type": "Button",
            "label": "Go",
            "onClickAction": {"type": "go", "payload": {"deep": [1, {"k": []}]}},
        },
    ],
    "confirm": {"label": "Yes", "action": {"type": "confirmed"}},
}


def message(text: str, item_id: str = "", thread_id: str = "any", **fields: Any) -> AssistantMessageItem:
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(
        **{"id": item_id or f"msg_{text}", "thread_id": thread_id, "created_at": NOW, "content": content}
        | fields
    )


def widget(root: dict[str, Any], item_id: str = "wig") -> WidgetItem:
    return WidgetItem(
        id=item_id, thread_id="any", created_at=NOW, widget=DynamicWidgetRoot.model_validate(root)
    )


SOURCES = [URLSource(title="There", url="https://example.org")]
TASKS = [
    CustomTask(title="Look", icon="search", content="…"),
    SearchTask(title="Find", queries=["a", "b"], sources=SOURCES, status_indicator="complete"),
    ThoughtTask(title="Hm", content="therefore"),
    FileTask(sources=[FileSource(title="File", filename="f.txt")]),
    ImageTask(title="Draw", status_indicator="loading"),
]


def item_of_each_type() -> list[ThreadItem]:
    common: dict[str, Any] = {"thread_id": "any", "created_at": NOW}
    file = FileAttachment(id="atc_1", name="a.pdf", mime_type="application/pdf", metadata={"scan": "ok"})
    image = ImageAttachment(id="atc_2", name="a.png", mime_type="image/png", preview_url=AnyUrl("http://x/p"))
    option = StructuredInputMultipleChoiceOption(value="red")
    inputs = [
        StructuredInputMultipleChoice(id="q1", question="Colour?", options=[option], multiple=True),
        StructuredInputFreeform(id="q2", question="Name?", answer=StructuredInputAnswer(values=["Ann"])),
    ]
    return [
        UserMessageItem(
            id="user",
            content=[
                UserMessageTextContent(text="Hi "),
                UserMessageTagContent(id="t", text="Ann", data={"a": None, "b": [1]}, group="people"),
            ],
            attachments=[file, image],
            quoted_text="quoted",
            inference_options=InferenceOptions(model="m", tool_choice=ToolChoice(id="search")),
            **common,
        ),
        AssistantMessageItem(
            id="assistant",
            content=[
                AssistantMessageContent(text="Yes", annotations=[Annotation(source=SOURCES[0], index=3)])
            ],
            **common,
        ),
        ClientToolCallItem(
            id="tool",
            status="completed",
            call_id="c",
            name="n",
            arguments={"x": None},
            output=[None],
            **common,
        ),
        WidgetItem(id="widget", widget=DynamicWidgetRoot.model_validate(WIDGET), copy_text="copy", **common),
        GeneratedImageItem(id="image", image=GeneratedImage(id="i", url="https://example.org/i"), **common),
        StructuredInputItem(id="input", status="answered", inputs=inputs, **common),
        WorkflowItem(
            id="workflow",
            workflow=Workflow(type="custom", tasks=TASKS, summary=CustomSummary(title="Done"), expanded=True),
            **common,
        ),
        WorkflowItem(
            id="reasoning",
            workflow=Workflow(type="reasoning", tasks=TASKS[2:3], summary=DurationSummary(duration=4)),
            **common,
        ),
        TaskItem(id="task", task=TASKS[0], **common),
        HiddenContextItem(id="hidden", content={"any": [None, 1.5, "json"]}, **common),
        HiddenContextItem(id="hidden null", content=None, **common),
        SDKHiddenContextItem(id="sdk hidden", content="note", **common),
        EndOfTurnItem(id="end", **common),
    ]


def as_json(item: ThreadItem, **changed: Any) -> Any:
    """Return an item as a browser reads it: numbers are numbers, whether written 1, 1.0 or 1e0."""
    hidden = isinstance(item, HiddenContextItem)
    text = item.model_copy(update=changed).model_dump_json(by_alias=True, exclude_none=not hidden)
    return json.loads(text, parse_int=float)


async def texts(store: Store[Any], thread: ThreadMetadata, context: Any, order: str = "asc") -> list[str]:
    """Return the texts of a thread's messages, a hundred at most."""
    page = await store.load_thread_items(thread.id, None, 100, order, context)
    return [item.content[0].text for item in page.data if isinstance(item, AssistantMessageItem)]
