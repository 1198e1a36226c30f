"""The content of a hosted project: threads and items as JSON text, so that a test can compare characters.

Every item type of the documentation is there, with every nullable field null, and some that no
documentation knows.
"""

import json
from dataclasses import dataclass, field
from typing import Any

START = 1_760_000_000


@dataclass
class Record:
    """One thread or item: what the API would send for it, and what it is found by."""

    id: str
    text: str
    user: str = ""


@dataclass
class Project:
    """Threads in order of creation; items by thread, in order; bytes by address and by file id."""

    threads: list[Record] = field(default_factory=list)
    items: dict[str, list[Record]] = field(default_factory=dict)
    previews: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    id: str = "proj_library"
    prefix: str = "chatkit."

    def add_thread(self, thread_id: str, user: str = "reader-1", **fields: Any) -> str:
        """A thread object of the documented shape."""
        thread = {
            "id": thread_id,
            "object": "chatkit.thread",
            "created_at": START + len(self.threads),
            "title": f"About {thread_id}",
            "status": {"type": "active"},
            "user": user,
            **fields,
        }
        return self.add_raw_thread(thread_id, json.dumps(thread), thread["user"])

    def add_raw_thread(self, thread_id: str, text: str, user: str = "reader-1") -> str:
        """A thread object spelled as given."""
        self.threads.append(Record(thread_id, text, user))
        self.items.setdefault(thread_id, [])
        return thread_id

    def add_item(self, thread_id: str, type_: str, **fields: Any) -> str:
        """An item with the fields all items have; its time is the same for two neighbours."""
        item_id = fields.pop("id", f"cthi_{thread_id.removeprefix('cthr_')}_{len(self.items[thread_id])}")
        item = {
            "id": item_id,
            "object": "chatkit.thread_item",
            "created_at": START + len(self.items[thread_id]) // 2,
            "thread_id": thread_id,
            "type": self.prefix + type_,
            **fields,
        }
        self.items[thread_id].append(Record(item_id, json.dumps(item, ensure_ascii=False)))
        return item_id

    def add_raw_item(self, thread_id: str, item_id: str, text: str) -> None:
        """An item spelled as given."""
        self.items[thread_id].append(Record(item_id, text))

    def add_exchange(self, thread_id: str, question: str = "Is it in?", answer: str = "It is.") -> None:
        """A user message and its answer."""
        self.add_user_message(thread_id, question)
        self.add_item(
            thread_id,
            "assistant_message",
            content=[{"type": "output_text", "text": answer, "annotations": []}],
        )

    def add_user_message(
        self, thread_id: str, text: str, attachments: list[dict[str, Any]] | None = None
    ) -> str:
        """A user message whose nullable fields are null."""
        return self.add_item(
            thread_id,
            "user_message",
            content=[{"type": "input_text", "text": text}],
            attachments=attachments or [],
            inference_options=None,
        )

    def add_every_item_type(self, thread_id: str) -> None:
        """One item of each documented type, and shapes that only the future knows."""
        add = self.add_item
        add(
            thread_id,
            "user_message",
            content=[
                {"type": "quoted_text", "text": "page 3"},
                {"type": "input_text", "text": "Wat is dit? \u2028 \u00e9"},
            ],
            attachments=[],
            inference_options={"model": None, "tool_choice": {"id": "search"}},
        )
        add(
            thread_id,
            "assistant_message",
            content=[
                {
                    "type": "output_text",
                    "text": "See [1].",
                    "annotations": [
                        {"type": "file", "source": {"type": "file", "filename": "rules.pdf"}},
                        {"type": "url", "source": {"type": "url", "url": "https://library.example/rules"}},
                    ],
                }
            ],
        )
        add(thread_id, "widget", widget=json.dumps({"type": "Card", "children": []}))
        add(
            thread_id,
            "client_tool_call",
            call_id="call_1",
            name="open",
            arguments="{}",
            output=None,
            status="in_progress",
        )
        add(thread_id, "task", task_type="thought", heading=None, summary=None)
        add(thread_id, "task_group", tasks=[{"type": "custom", "heading": None, "summary": None}])
        add(thread_id, "hologram", projection={"depth": 3}, attachments="not a list")
        self.items[thread_id].append(Record("", '{"object": "chatkit.thread_item", "type": "without_an_id"}'))
        self.add_raw_item(
            thread_id, "cthi_odd", '{"id":"cthi_odd","big":123456789012345678901234567890,"f":1.50,"f":1e400}'
        )

    def lines(self, thread_id: str) -> list[bytes]:
        """The items of a thread as an archive must hold them."""
        return [record.text.encode() for record in self.items[thread_id]]
