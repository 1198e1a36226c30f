"""A tool call that waits for the user's approval."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self, cast

from agents import ToolApprovalItem, TResponseInputItem

from app.transcripts import storable
from app.turns.mapper.raw import field

MCP_REQUEST = "mcp_approval_request"
NODE = "approval_node"
"""Kind of a question that an exported workflow asks by itself: `arguments` is its message."""

REFUSED = (
    "Not done: the user has refused this call. Do not try it again unless they ask for it. "
    "Say what you can do instead."
)
REFUSED_IN_WORDS = "Not done: the user has not approved this call, and said instead: {words}"
TOO_MANY = "Not done: too many calls waited for approval at once. Call again, a few at a time."
NOT_ASKED_ANY_MORE = "Not done: the user was asked to approve this call, and wrote something else instead."
NOT_DONE = "Not done: the answer ended before this call was carried out."


@dataclass(frozen=True, slots=True)
class PendingCall:
    """`question` is the id of the question in the form; `call_id` the model's own."""

    question: str
    call_id: str
    kind: str
    """Type of the model's item, such as `function_call` or `mcp_approval_request`."""
    tool: str
    arguments: str
    """As the model gave them: JSON, if the model did as it should."""
    server: str | None = None
    """Label of the MCP server that has the tool, where the provider reaches it."""

    @classmethod
    def of(cls, item: ToolApprovalItem, question: str) -> Self:
        """Read what the Agents SDK has interrupted a run for."""
        return cls(
            question=question,
            call_id=item.call_id or "",
            kind=str(field(item.raw_item, "type") or "function_call"),
            tool=item.name or "",
            arguments=item.arguments or "",
            server=field(item.raw_item, "server_label"),
        )

    @property
    def has_output(self) -> bool:
        """Whether the model's memory holds a call that is answered by an output."""
        return self.kind not in (MCP_REQUEST, NODE)

    def told(self, outcome: str) -> TResponseInputItem:
        """Return what the model is told of a call that is not carried out."""
        if self.has_output:
            answer = {"type": f"{self.kind}_output", "call_id": self.call_id, "output": outcome}
        elif self.kind == NODE:
            answer = {"role": "assistant", "content": f"[The user was asked: {self.arguments} {outcome}]"}
        else:
            # A request to the provider's own tools is not sent again, so nothing could be its answer.
            answer = {"role": "assistant", "content": f"[The call of {self.tool}: {outcome}]"}
        return cast("TResponseInputItem", answer)


def pending_calls(interruptions: Iterable[ToolApprovalItem]) -> list[PendingCall]:
    """Return the calls that a run was interrupted for, in their order."""
    return [PendingCall.of(item, f"approval_{number}") for number, item in enumerate(interruptions, 1)]


def in_their_order(calls: Iterable[PendingCall]) -> list[PendingCall]:
    """Return calls of one run in the order in which `pending_calls` has numbered their questions."""
    return sorted(calls, key=lambda call: int(call.question.rpartition("_")[2]))


def as_json(calls: Sequence[PendingCall]) -> list[dict[str, Any]]:
    """Return calls as they are stored."""
    return [storable(asdict(call)) for call in calls]


def from_json(stored: Iterable[Mapping[str, Any]]) -> list[PendingCall]:
    """Return calls that `as_json` has made."""
    return [PendingCall(**call) for call in stored]
