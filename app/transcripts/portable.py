"""A stored item in the form that every provider accepts.

What a provider returns is full of things that only this provider understands, and only for a while:

- Ids (`rs_…`, `msg_…`, `fc_…`, `ws_…`) name items that the provider may not have stored, or has deleted
  since; `__fake_id__` stands where it gave none. One stale id and the whole history is refused. None is sent.
- Reasoning helps inside a run, where the Agents SDK keeps it itself. After the run it is not needed, its
  encrypted form is bound to one account, and without the item that followed it the request is refused.
- Calls of tools that the provider runs itself are refused without their reasoning, and by every other
  provider. Where they hold a result they become a function call with its output; else they are left out, as
  their outcome stands in the answer.

Total: any JSON value goes in, and what cannot be used comes out as nothing.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Item = dict[str, Any]

FILE_SCHEME = "chatkit-file:"
"""How the address of a file of this server begins in what a model is sent, until a run begins."""

IMAGE_CALL = "image_generation_call"
IMAGE_FILE = "attachment_id"
"""Field of such a call that names the file of this server which holds the image."""


def portable(item: object) -> list[Item]:
    """Return what a model is sent for a stored item: nothing, one item, or a call and its output."""
    if not isinstance(item, Mapping):
        return []
    kind = item.get("type")
    if kind == "message" or (kind is None and "role" in item):
        return _message(item)
    convert = _CONVERSIONS.get(kind) if isinstance(kind, str) else None
    return convert(item) if convert is not None else []


def function_call(call_id: str, name: str, arguments: object) -> Item:
    """Build a call whose arguments are a JSON object in any case; some providers parse them again."""
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": _arguments(arguments)}


def function_output(call_id: str, output: object) -> Item:
    """Build the output of the call with this id."""
    return {"type": "function_call_output", "call_id": call_id, "output": _output(output)}


def _message(item: Mapping[str, Any]) -> list[Item]:
    role, content = item.get("role"), item.get("content")
    if role == "user":
        content = _usable_parts(content) if isinstance(content, list) else content
        return [{"role": "user", "content": content}] if content and isinstance(content, str | list) else []
    if role not in ("assistant", "system", "developer") or not (text := _text(content)).strip():
        return []
    message: Item = {"role": role, "content": text}
    if item.get("phase") in ("commentary", "final_answer"):
        message["phase"] = item["phase"]
    return [message]


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = (part.get("text", part.get("refusal")) for part in parts if isinstance(part, Mapping))
    return "\n".join(text for text in texts if isinstance(text, str))


def _usable_parts(parts: Sequence[object]) -> list[object]:
    return [part for part in parts if _is_usable_part(part)]


def _is_usable_part(part: object) -> bool:
    """Accept what holds its content itself. A file id is known to one account of one provider only."""
    match part:
        case {"type": "input_text", "text": str(content)}:
            return bool(content)
        case {"type": "input_image", "image_url": str(content)}:
            return bool(content)
        case {"type": "input_file", "file_data": str(content)}:
            return bool(content)
        case {"type": "input_audio", "input_audio": {"data": str(content), "format": str(form)}}:
            return bool(content and form)
        case _:
            return False


def _function_call(item: Mapping[str, Any]) -> list[Item]:
    call_id, name = item.get("call_id"), item.get("name")
    if not (isinstance(call_id, str) and call_id and isinstance(name, str)):
        return []
    return [function_call(call_id, _tool_name(name), item.get("arguments"))]


def _function_output(item: Mapping[str, Any]) -> list[Item]:
    call_id = item.get("call_id")
    return [function_output(call_id, item.get("output"))] if isinstance(call_id, str) and call_id else []


def _local_call(item: Mapping[str, Any]) -> list[Item]:
    call_id = item.get("call_id")
    if not (isinstance(call_id, str) and call_id):
        return []
    name = item.get("name")
    kind = str(item["type"]).removesuffix("_call")
    arguments = {key: item[key] for key in ("input", "action", "operation") if key in item}
    return [function_call(call_id, _tool_name(name if isinstance(name, str) else kind), arguments)]


def _mcp_call(item: Mapping[str, Any]) -> list[Item]:
    result = item.get("output") or item.get("error")
    return _hosted(item, item.get("name"), item.get("arguments"), result) if result else []


def _code_interpreter(item: Mapping[str, Any]) -> list[Item]:
    outputs = item.get("outputs")
    logs = (
        [part.get("logs") for part in outputs if isinstance(part, Mapping)]
        if isinstance(outputs, list)
        else []
    )
    texts = [log for log in logs if isinstance(log, str)]
    return _hosted(item, "code_interpreter", {"code": item.get("code")}, "\n".join(texts)) if texts else []


def _file_search(item: Mapping[str, Any]) -> list[Item]:
    results = item.get("results")
    arguments = {"queries": item.get("queries")}
    return _hosted(item, "file_search", arguments, results) if isinstance(results, list) and results else []


def _image_generation(item: Mapping[str, Any]) -> list[Item]:
    arguments = {"prompt": item.get("revised_prompt")}
    told = "The image was shown to the user."
    if not isinstance(file := item.get(IMAGE_FILE), str):
        return _hosted(item, "image_generation", arguments, told)
    image = {
        "type": "input_image",
        "image_url": f"{FILE_SCHEME}{file}",
        "detail": "auto",
        "filename": "image",
    }
    return _hosted(item, "image_generation", arguments, [{"type": "input_text", "text": told}, image])


def _hosted(item: Mapping[str, Any], name: object, arguments: object, result: object) -> list[Item]:
    tool = _tool_name(name if isinstance(name, str) else str(item["type"]))
    call_id = str(item.get("id"))
    return [function_call(call_id, tool, arguments), function_output(call_id, result)]


def _tool_name(name: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_-]", "_", name)[:64] or "tool"


def _arguments(arguments: object) -> str:
    if isinstance(arguments, Mapping):
        return json.dumps(arguments, ensure_ascii=False)
    if not isinstance(arguments, str) or not arguments.strip():
        return "{}"
    try:
        is_object = isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        is_object = False
    return arguments if is_object else json.dumps({"not_json": arguments}, ensure_ascii=False)


def _output(output: object) -> str | list[Any]:
    match output:
        case str():
            return output
        case list() if usable := _usable_parts(output):
            return usable
        case None:
            return ""
        case _:
            return json.dumps(output, ensure_ascii=False)


_CONVERSIONS: dict[str, Callable[[Mapping[str, Any]], list[Item]]] = {
    "function_call": _function_call,
    "function_call_output": _function_output,
    "custom_tool_call": _local_call,
    "custom_tool_call_output": _function_output,
    "shell_call": _local_call,
    "shell_call_output": _function_output,
    "apply_patch_call": _local_call,
    "apply_patch_call_output": _function_output,
    "mcp_call": _mcp_call,
    "code_interpreter_call": _code_interpreter,
    "file_search_call": _file_search,
    "image_generation_call": _image_generation,
}
