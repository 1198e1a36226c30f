"""More words for a script: tools that run at the provider or are called in a form of their own."""

from typing import Any

from tests.provider.script import JSON, UseHostedTool


def list_mcp_tools(server: str, *names: str, error: str | None = None) -> UseHostedTool:
    """The provider asks an MCP server what it can do."""
    item = {"id": "mcpl_1", "type": "mcp_list_tools", "server_label": server}
    tools: list[JSON] = [
        {"name": name, "input_schema": {}, "annotations": None, "description": None} for name in names
    ]
    end = "failed" if error else "completed"
    return UseHostedTool(
        running={**item, "tools": []},
        done={**item, "tools": tools, "error": error},
        events=("response.mcp_list_tools.in_progress", f"response.mcp_list_tools.{end}"),
    )


def ask_approval(server: str, tool: str, arguments: str = "{}") -> UseHostedTool:
    """The provider asks whether it may call a tool on an MCP server."""
    item = {"type": "mcp_approval_request", "server_label": server, "name": tool, "arguments": arguments}
    return _at_once({"id": "mcpr_1", **item})


def run_commands(*commands: str, call_id: str = "call_1") -> UseHostedTool:
    """The shell, which runs here."""
    item = {"id": "sh_1", "type": "shell_call", "call_id": call_id, "environment": None}
    return _called({**item, "action": {"commands": list(commands)}})


def run_local_command(*command: str, call_id: str = "call_1") -> UseHostedTool:
    """The shell of older models, which runs here."""
    action = {"type": "exec", "command": list(command), "env": {}}
    return _called({"id": "ls_1", "type": "local_shell_call", "call_id": call_id, "action": action})


def edit_file(path: str, diff: str = "+ a", call_id: str = "call_1") -> UseHostedTool:
    """A change to a file, made here."""
    operation = {"type": "update_file", "path": path, "diff": diff}
    return _called({"id": "ap_1", "type": "apply_patch_call", "call_id": call_id, "operation": operation})


def use_computer(call_id: str = "call_1") -> UseHostedTool:
    """A click on a computer that is here."""
    action = {"type": "click", "button": "left", "x": 1, "y": 1}
    item = {"id": "cu_1", "type": "computer_call", "call_id": call_id, "action": action}
    return _called({**item, "pending_safety_checks": []})


def call_custom_tool(name: str, text: str, call_id: str = "call_1") -> UseHostedTool:
    """A call of a tool that takes a text."""
    item = {"id": "ct_1", "type": "custom_tool_call", "call_id": call_id, "name": name}
    return UseHostedTool({**item, "input": ""}, {**item, "input": text})


def run_program(code: str, call_id: str = "call_1") -> UseHostedTool:
    """A program of the model, which calls tools itself."""
    return _at_once({"id": "pr_1", "type": "program", "call_id": call_id, "code": code, "fingerprint": "f"})


def output_of(kind: str, call_id: str = "call_1", **fields: Any) -> UseHostedTool:
    """The output of a call that the provider has carried out itself, as in ``output_of("shell_call")``."""
    item = {"id": "out_1", "type": f"{kind}_output", "call_id": call_id, **fields}
    if kind == "local_shell_call":
        # Its id is the call's.
        item["id"] = item.pop("call_id")
    return UseHostedTool(item, item, keeps_id=True)


def search_tools(*names: str) -> UseHostedTool:
    """The model looks for tools that were not shown to it."""
    item = {"id": "ts_1", "type": "tool_search_call", "call_id": None, "execution": "server"}
    return _called({**item, "arguments": {"query": " ".join(names)}})


def compact() -> UseHostedTool:
    """The provider shortens the conversation."""
    return _at_once({"id": "cmp_1", "type": "compaction", "encrypted_content": "secret"})


def _called(item: JSON) -> UseHostedTool:
    return UseHostedTool({**item, "status": "in_progress"}, {**item, "status": "completed"})


def _at_once(item: JSON) -> UseHostedTool:
    return UseHostedTool(item, item)
