"""A page: what a reader of the frames has on the screen, written against the protocol alone.

Works on plain JSON, and shares nothing with the code under test. It insists on what a page may rely on.
"""

import copy
import json
from typing import Any

JSON = dict[str, Any]


class Page:
    """Items by id, in order of appearance; `open` are those that were added and are not ended."""

    def __init__(self) -> None:
        self.items: dict[str, JSON] = {}
        self.open: set[str] = set()
        self.others: list[JSON] = []

    def show(self, frame: JSON) -> None:
        """Apply one frame."""
        frame = copy.deepcopy(frame)
        match frame["type"]:
            case "thread.item.added":
                item = frame["item"]
                assert item["id"] not in self.items, "an id is announced once"
                self.items[item["id"]] = item
                self.open.add(item["id"])
            case "thread.item.updated":
                assert frame["item_id"] in self.open, "only an open item is updated"
                apply_update(self.items[frame["item_id"]], frame["update"])
            case "thread.item.done":
                self._done(frame["item"])
            case "thread.item.replaced":
                self.items[frame["item"]["id"]] = frame["item"]
            case "thread.item.removed":
                self.items.pop(frame["item_id"], None)
                self.open.discard(frame["item_id"])
            case _:
                self.others.append(frame)

    def _done(self, item: JSON) -> None:
        if item["id"] in self.open and item["type"] in ("assistant_message", "workflow", "generated_image"):
            _assert_that_the_updates_led_to(self.items[item["id"]], item)
        elif item["id"] not in self.open:
            assert item["id"] not in self.items, "an item that has ended changes by replacement only"
        self.items[item["id"]] = item
        self.open.discard(item["id"])

    def of_type(self, kind: str) -> list[JSON]:
        """The items of a type."""
        return [item for item in self.items.values() if item["type"] == kind]

    def texts(self) -> list[str]:
        """The text of each message."""
        return [
            "".join(part["text"] for part in item["content"]) for item in self.of_type("assistant_message")
        ]

    def tasks(self) -> list[JSON]:
        """The tasks of all workflows."""
        return [task for item in self.of_type("workflow") for task in item["workflow"]["tasks"]]

    def outline(self) -> list[str]:
        """Each item in a word or two."""
        return [_outline(item) for item in self.items.values()]


def _outline(item: JSON) -> str:
    match item["type"]:
        case "assistant_message":
            return "message: " + "|".join(part["text"] for part in item["content"])
        case "workflow":
            tasks = item["workflow"]["tasks"]
            return "workflow: " + "|".join(task.get("title") or task.get("content") for task in tasks)
        case kind:
            return str(kind)


def apply_update(item: JSON, update: JSON) -> None:
    """Change an item as one update says."""
    kind = update["type"]
    if kind.startswith("assistant_message.content_part."):
        _update_message(item["content"], kind.rpartition(".")[2], update)
    elif kind == "workflow.task.added":
        assert update["task_index"] == len(item["workflow"]["tasks"]), "tasks are numbered without gaps"
        item["workflow"]["tasks"].append(update["task"])
    elif kind == "workflow.task.updated":
        item["workflow"]["tasks"][update["task_index"]] = update["task"]
    elif kind == "widget.root.updated":
        item["widget"] = update["widget"]
    elif kind == "widget.streaming_text.value_delta":
        _component(item["widget"], update["component_id"])["value"] += update["delta"]
    elif kind == "generated_image.updated":
        item["image"] = update["image"]
    else:
        raise AssertionError(f"unknown update {kind}")


def _update_message(content: list[JSON], kind: str, update: JSON) -> None:
    index = update["content_index"]
    if kind == "added":
        assert index == len(content), "parts are numbered without gaps"
        content.append(update["content"])
    elif kind == "text_delta":
        assert update["delta"], "an empty delta says nothing"
        content[index]["text"] += update["delta"]
    elif kind == "annotation_added":
        assert update["annotation_index"] == len(content[index]["annotations"])
        content[index]["annotations"].append(update["annotation"])
    else:
        assert update["content"]["annotations"] == content[index]["annotations"]
        content[index] = update["content"]


def _assert_that_the_updates_led_to(before: JSON, done: JSON) -> None:
    if done["type"] == "workflow":
        assert all(task["status_indicator"] != "loading" for task in done["workflow"]["tasks"])
        before["workflow"] |= {name: done["workflow"].get(name) for name in ("summary", "expanded")}
    assert json.dumps(before, sort_keys=True) == json.dumps(done, sort_keys=True)


def _component(node: Any, component_id: str) -> JSON:
    found = list(_components(node, component_id))
    assert len(found) == 1, "an id names one component"
    return found[0]


def _components(node: Any, component_id: str) -> list[JSON]:
    if isinstance(node, dict):
        below = [found for value in node.values() for found in _components(value, component_id)]
        return [node, *below] if node.get("id") == component_id else below
    if isinstance(node, list):
        return [found for value in node for found in _components(value, component_id)]
    return []
