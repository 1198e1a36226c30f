"""`chatkit.client_tool_call`: a call of a tool of the page. None of them waits any more."""

from chatkit.types import ClientToolCallItem

from app.threads.importing.hosted import Raw, json_in, note_unknown, object_in, text_of
from app.threads.importing.places import Place

UNANSWERED = "The page did not answer this call before the conversation was moved."


def client_tool_call(raw: Raw, place: Place, losses: list[str]) -> ClientToolCallItem:
    """Return the call, completed: one that waited would block what the user says next."""
    output = json_in(raw.get("output"))
    if raw.get("status") != "completed" and output is None:
        losses.append("client tool call that was never answered: completed with a note")
        output = {"error": UNANSWERED}
    note_unknown(raw, ("call_id", "name", "arguments", "output", "status"), losses, "client tool call")
    return ClientToolCallItem(
        **place.fields,
        status="completed",
        call_id=text_of(raw, "call_id") or place.id,
        name=text_of(raw, "name") or "tool",
        arguments=object_in(raw.get("arguments")),
        output=output,
    )


def was_answered(item: ClientToolCallItem) -> bool:
    """Say whether an imported call has the page's own output."""
    return item.output != {"error": UNANSWERED}
