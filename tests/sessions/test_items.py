"""Items are written back in the hosted shapes; what has none is left out, and no page breaks for anything."""

from typing import Any

import pytest
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    CustomTask,
    EndOfTurnItem,
    EntitySource,
    FileAttachment,
    FileSource,
    FileTask,
    GeneratedImageItem,
    ImageAttachment,
    InferenceOptions,
    SDKHiddenContextItem,
    StructuredInputItem,
    TaskItem,
    ThoughtTask,
    ThreadItem,
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
from openai.types.beta.chatkit.chatkit_thread_item_list import Data
from pydantic import AnyUrl, TypeAdapter
from sqlalchemy import text

from app.db.engine import Database
from app.hosted_api.thread_shapes import ITEM_TYPES
from tests.sessions.backend import Backend
from tests.sessions.stored import ANN, NOW, ids, put_items, put_thread, said

HOSTED: TypeAdapter[Any] = TypeAdapter(Data)

COMMON: Any = {"thread_id": "any", "created_at": NOW}
QUOTE = UserMessageItem(
    id="i01",
    content=[
        UserMessageTextContent(text="Look at "),
        UserMessageTagContent(id="t", text="Ada", data={"secret": 1}),
    ],
    attachments=[
        ImageAttachment(
            id="a1", name="a.png", mime_type="image/png", preview_url=AnyUrl("https://x.example/a")
        ),
        FileAttachment(id="a2", name="b.txt", mime_type="text/plain", metadata={"size": 5}),
    ],
    quoted_text="Quoted",
    inference_options=InferenceOptions(model="m", tool_choice=ToolChoice(id="search")),
    **COMMON,
)
PLAIN = UserMessageItem(
    id="i02",
    content=[UserMessageTextContent(text="Hi")],
    inference_options=InferenceOptions(),
    **COMMON,
)
CITED = AssistantMessageItem(
    id="i03",
    content=[
        AssistantMessageContent(
            text="Cited",
            annotations=[
                Annotation(source=FileSource(title="F", filename="f.pdf"), index=3),
                Annotation(source=URLSource(title="U", url="https://u.example"), index=4),
                Annotation(source=EntitySource(title="E", id="e")),
            ],
        )
    ],
    **COMMON,
)
WIDGET = WidgetItem(id="i04", widget=DynamicWidgetRoot(type="Card", children=[]), **COMMON)
ASKED = ClientToolCallItem(id="i05", call_id="c", name="where", arguments={"a": 1}, **COMMON)
ANSWERED = ClientToolCallItem(
    id="i06", call_id="c", name="where", arguments={}, status="completed", output={"city": "Oslo"}, **COMMON
)
TASK = TaskItem(id="i07", task=CustomTask(title="Reading", content="A book"), **COMMON)
THOUGHT = TaskItem(id="i08", task=ThoughtTask(content="Hm"), **COMMON)
STEPS = WorkflowItem(
    id="i09",
    workflow=Workflow(type="custom", tasks=[ThoughtTask(content="Hm"), FileTask(title="Files")]),
    **COMMON,
)
SHAPES: list[tuple[ThreadItem, dict[str, Any]]] = [
    (
        QUOTE,
        {
            "type": "chatkit.user_message",
            "content": [
                {"type": "input_text", "text": "Look at "},
                {"type": "input_text", "text": "@Ada"},
                {"type": "quoted_text", "text": "Quoted"},
            ],
            "attachments": [
                {
                    "id": "a1",
                    "type": "image",
                    "name": "a.png",
                    "mime_type": "image/png",
                    "preview_url": "https://x.example/a",
                },
                {
                    "id": "a2",
                    "type": "file",
                    "name": "b.txt",
                    "mime_type": "text/plain",
                    "preview_url": None,
                },
            ],
            "inference_options": {"model": "m", "tool_choice": {"id": "search"}},
        },
    ),
    (
        PLAIN,
        {
            "type": "chatkit.user_message",
            "content": [{"type": "input_text", "text": "Hi"}],
            "attachments": [],
            "inference_options": None,
        },
    ),
    (
        CITED,
        {
            "type": "chatkit.assistant_message",
            "content": [
                {
                    "type": "output_text",
                    "text": "Cited",
                    "annotations": [
                        {"type": "file", "source": {"type": "file", "filename": "f.pdf"}},
                        {"type": "url", "source": {"type": "url", "url": "https://u.example"}},
                    ],
                }
            ],
        },
    ),
    (WIDGET, {"type": "chatkit.widget", "widget": '{"type":"Card","children":[]}'}),
    (
        ASKED,
        {
            "type": "chatkit.client_tool_call",
            "call_id": "c",
            "name": "where",
            "arguments": '{"a":1}',
            "status": "in_progress",
            "output": None,
        },
    ),
    (
        ANSWERED,
        {
            "type": "chatkit.client_tool_call",
            "call_id": "c",
            "name": "where",
            "arguments": "{}",
            "status": "completed",
            "output": '{"city":"Oslo"}',
        },
    ),
    (TASK, {"type": "chatkit.task", "task_type": "custom", "heading": "Reading", "summary": "A book"}),
    (THOUGHT, {"type": "chatkit.task", "task_type": "thought", "heading": None, "summary": "Hm"}),
    (
        STEPS,
        {
            "type": "chatkit.task_group",
            "tasks": [
                {"type": "thought", "heading": None, "summary": "Hm"},
                {"type": "custom", "heading": "Files", "summary": None},
            ],
        },
    ),
]
WITHOUT_FORM: list[ThreadItem] = [
    GeneratedImageItem(id="x1", **COMMON),
    StructuredInputItem(id="x2", inputs=[], **COMMON),
    EndOfTurnItem(id="x3", **COMMON),
    SDKHiddenContextItem(id="x4", content="hidden", **COMMON),
]


@pytest.mark.proves("AB-40", "AB-46")
async def test_items_have_their_hosted_shapes(backend: Backend, database: Database) -> None:
    await put_thread(database, ANN, "thr_1")
    await put_items(database, ANN, "thr_1", *(item for item, _ in SHAPES))

    page = (await backend.ask("GET", "/chatkit/threads/thr_1/items", params={"order": "asc"})).json()

    base = {"object": "chatkit.thread_item", "created_at": int(NOW.timestamp()), "thread_id": "thr_1"}
    assert page["data"] == [{**base, "id": item.id, **shape} for item, shape in SHAPES]
    for shape in page["data"]:
        HOSTED.validate_python(shape)


@pytest.mark.proves("AB-46")
async def test_what_has_no_hosted_form_is_left_out_and_no_page_ends_for_it(
    backend: Backend, database: Database
) -> None:
    await put_thread(database, ANN, "thr_1")
    shown: list[str] = []
    for number, (item, _) in enumerate(SHAPES):
        unseen = [
            left_out.model_copy(update={"id": f"{left_out.id}_{number}_{place}"})
            for place in range(2)
            for left_out in WITHOUT_FORM
        ]
        await put_items(database, ANN, "thr_1", *unseen, item)
        shown.append(item.id)
    await put_items(database, ANN, "thr_1", *WITHOUT_FORM)

    for limit in (1, 2, 3, 100):
        for order, expected in (("asc", shown), ("desc", shown[::-1])):
            assert await ids(backend.threads.list_items("thr_1", limit=limit, order=order)) == expected
        page = await backend.threads.list_items("thr_1", limit=limit, order="asc", before=shown[-1])
        assert [item.id for item in page.data] == shown[:-1][-limit:]


@pytest.mark.proves("AB-46")
async def test_no_stored_row_breaks_a_page(backend: Backend, database: Database) -> None:
    await put_thread(database, ANN, "thr_1")
    kinds = [*ITEM_TYPES, "of_a_newer_version"]
    broken = ["{}", "[]", "null", '{"content": 7}', '{"widget": {"type": "New", "x": {}}, "task": []}']
    stored = [(kind, payload) for kind in kinds for payload in broken]
    for number, (kind, payload) in enumerate(stored):
        await put_items(database, ANN, "thr_1", said(f"m{number:02}"))
        change = (
            "update chatkit.thread_items set type = :kind, payload = cast(:payload as jsonb) where id = :id"
        )
        await database.execute(text(change), {"kind": kind, "payload": payload, "id": f"m{number:02}"})

    page = (await backend.ask("GET", "/chatkit/threads/thr_1/items", params={"limit": "100"})).json()

    assert len(page["data"]) == len(ITEM_TYPES) * len(broken)
    for shape in page["data"]:
        HOSTED.validate_python(shape)
