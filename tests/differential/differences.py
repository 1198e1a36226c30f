"""Every way in which our answers differ from the stock server's, and why; `docs/differences.md` shows it.

A difference says how the two answers are brought together. What is left over then is a fault of ours, and so
is a difference that a scenario names and that does not occur in it any more. Applied from first to last.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.differential import shapes
from tests.differential.rewriting import Rewrite


@dataclass(frozen=True)
class Difference:
    """One row: `where` it shows, what either server does, and the duties that ask for it."""

    id: str
    where: str
    stock: str
    ours: str
    duties: tuple[str, ...]
    rewrite: Rewrite
    is_everywhere: bool = False
    """Looked for in every scenario, whether it names it or not."""


EVERYWHERE = (
    Difference(
        "times",
        "every `created_at`",
        "The server's local time, without a zone: a browser reads it as its own.",
        "UTC, with `Z`.",
        ("T04",),
        shapes.times,
        is_everywhere=True,
    ),
    Difference(
        "quotation",
        'a message whose `quoted_text` is `""`',
        "An empty quotation is stored and sent back.",
        "There is no quotation.",
        ("OP-threads.add_user_message-3",),
        shapes.quotation,
        is_everywhere=True,
    ),
    Difference(
        "title",
        "a new thread",
        "Has no title until the integrator writes one.",
        "Gets one beside its first answer, told by `thread.updated`.",
        ("FEAT-title-1",),
        shapes.title,
        is_everywhere=True,
    ),
    Difference(
        "own-images",
        "a new thread",
        "Images in its answers may come from anywhere.",
        "From the server's own host, and those that `CHATKIT_IMAGE_DOMAINS` names.",
        ("FEAT-imgdom-1",),
        shapes.own_images,
        is_everywhere=True,
    ),
)

REFUSALS = (
    Difference(
        "malformed",
        "a body that is no request of the protocol",
        "500 as plain text.",
        "400 with a sentence.",
        ("T14", "OP-any-3"),
        shapes.malformed,
    ),
    Difference(
        "not-found",
        "a thread, item or file that is not there, or not the caller's",
        "500; on a stream 200 and then a cut connection.",
        "404 with a sentence, before the first byte.",
        ("T13", "T14", "OP-any-4"),
        shapes.not_found,
    ),
    Difference(
        "not-found-silent",
        "votes, deletion, and trying again where thread or item is not there",
        "200, as if it had been done; votes never look at thread or item.",
        "404 with a sentence.",
        ("OP-items.feedback-1", "OP-threads.delete-2", "OP-threads.retry_after_item-2"),
        shapes.not_found_silent,
    ),
    Difference(
        "conflict",
        "a tool output or an answer that nobody waits for",
        "200 and then a cut connection.",
        "409 with a sentence, before the first byte.",
        ("OP-threads.add_client_tool_output-2", "OP-threads.add_structured_input-1"),
        shapes.conflict,
    ),
    Difference(
        "no-question",
        "trying again from an item that is no user message",
        "200 and then a cut connection.",
        "400 with a sentence, before the first byte.",
        ("OP-threads.retry_after_item-2",),
        shapes.no_question,
    ),
    Difference(
        "not-offered",
        "files, actions and dictation where the integrator offers none",
        "500; a streaming action ends in an error that offers to try again.",
        "400 with a sentence.",
        ("OP-any-7",),
        shapes.not_offered,
    ),
    Difference(
        "one-turn",
        "a message while another is answered",
        "Both are answered at once, and the two answers interleave.",
        "409 with a sentence; nothing is written.",
        ("T19", "OP-threads.add_user_message-1"),
        shapes.one_turn,
    ),
    Difference(
        "locked",
        "a message to a thread that is locked or closed",
        "Is answered: the status only changes the composer of the page.",
        "409 with the reason.",
        ("OP-stream-6",),
        shapes.locked,
    ),
    Difference(
        "bounds",
        "an empty message or title, and texts without end",
        "Are accepted.",
        "400 with a sentence.",
        ("T21", "OP-threads.create-3", "OP-threads.update-2"),
        shapes.bounds,
    ),
    Difference(
        "choices",
        "a model or tool that is not offered",
        "Is stored and ignored.",
        "400 with a sentence, before the write.",
        ("FEAT-model-1",),
        shapes.bounds,
    ),
    Difference(
        "leftovers",
        "the list of threads after a first message was refused",
        "An empty thread stays; so do messages that should have been refused.",
        "Nothing was written.",
        ("T13", "OP-any-5"),
        shapes.leftovers,
    ),
)

TOLERANCE = (
    Difference(
        "tolerance",
        "a tag without `data`, `metadata: null`, a tool of the page that gives nothing",
        "500 as plain text.",
        "Is accepted.",
        ("SDK-7", "SDK-8", "OP-threads.add_client_tool_output-4"),
        shapes.tolerance,
    ),
    Difference(
        "tag",
        "a message with a tag",
        "The answer fails unless the integrator converts tags for the model.",
        "The model reads the tag's text.",
        ("ITEM-user_message-4",),
        shapes.answered_all_the_same,
    ),
    Difference(
        "nul",
        "a NUL character in a text",
        "Is passed on; most databases refuse it.",
        "Is left out.",
        ("SDK-9", "STORE-16"),
        shapes.nul,
    ),
    Difference(
        "clean-title",
        "a title with outer blanks or control characters",
        "Is stored as it came.",
        "Is stored without them.",
        ("OP-threads.update-2",),
        shapes.clean_title,
    ),
)

PAGES = (
    Difference(
        "cursor",
        "`after` of a page that has more",
        "An item's or thread's id.",
        "Stands for a place, which stays where it is when the item goes. Ids are accepted as well.",
        ("STORE-4", "OP-items.list-2"),
        shapes.cursor,
    ),
    Difference(
        "dead-cursor",
        "a page after something that is not there",
        "500 from a store that looks it up.",
        "An empty page; never page one again.",
        ("STORE-4", "OP-threads.list-3"),
        shapes.dead_cursor,
    ),
    Difference(
        "limit",
        "`limit` below one",
        "Is passed to the store.",
        "Counts as one.",
        ("T21",),
        shapes.limit,
    ),
    Difference(
        "so-far",
        "reading a thread while it is answered",
        "Shows nothing of the answer.",
        "Shows the answer so far, under the id that the stream uses.",
        ("OP-threads.get_by_id-2",),
        shapes.so_far,
    ),
    Difference(
        "removed",
        "trying again",
        "The page is not told what goes.",
        "`thread.item.removed` for each item, before the new answer.",
        ("OP-threads.retry_after_item-5",),
        shapes.removed,
    ),
    Difference(
        "passed-over",
        "a message instead of the tool output or answer that was waited for",
        "The call or form stays pending for ever.",
        "It is closed: the call with an error, the form as skipped.",
        ("OP-threads.add_user_message-2", "OP-threads.add_client_tool_output-6"),
        shapes.passed_over,
    ),
    Difference(
        "stored-widget",
        "a widget with properties or parts that the SDK's classes do not know",
        "Loses them when it is read back.",
        "Is the same JSON as it was streamed.",
        ("T07", "SDK-10"),
        shapes.stored_widget,
    ),
)

ANSWERS = (
    Difference(
        "tool-activity",
        "tools, those of the provider included",
        "Nothing is shown while they run.",
        "Each is a task of a workflow item, with its start and its end.",
        ("MAP-1",),
        shapes.tool_activity,
    ),
    Difference(
        "told-at-once",
        "a thread that a tool changes",
        "`thread.updated` follows the next event, which is one of the model's.",
        "It follows the end of the tool.",
        ("EV-3",),
        shapes.told_at_once,
    ),
    Difference(
        "own-workflow",
        "a workflow that a tool tells itself",
        "`added` shows it as it is at its end, and `done` comes twice.",
        "Its tasks join what is shown already, each event as it was when it was sent.",
        ("T05", "UPD-1", "MAP-4"),
        shapes.own_workflow,
    ),
    Difference(
        "thoughts",
        "reasoning",
        "Only the first thought is streamed; none has a state.",
        "Every thought is streamed, as loading and then complete.",
        ("MAP-2",),
        shapes.thoughts,
    ),
    Difference(
        "citations",
        "an answer that cites",
        "Fails with the pinned versions: the annotation is not of a class that the SDK expects.",
        "Is annotated.",
        ("FEAT-cite-1",),
        shapes.answered_all_the_same,
    ),
    Difference(
        "parallel-calls",
        "a tool of the page called beside one of the server",
        "The item has the call id of the other call.",
        "It has its own.",
        ("T11",),
        shapes.parallel_calls,
    ),
    Difference(
        "no-such-tool",
        "a call of a tool that does not exist",
        "Ends the answer with an error.",
        "Is told to the model, which can mend it.",
        ("REL-21",),
        shapes.answered_all_the_same,
    ),
    Difference(
        "failure",
        "an answer that fails",
        "A generic error that offers to try again, and after a reload no trace of it.",
        "A sentence that says what happened, an offer only where it can help, and an item that stays.",
        ("T15", "T16", "T17", "EV-5", "FEAT-error-1"),
        shapes.failure,
    ),
    Difference(
        "refusal",
        "an answer that is a refusal",
        "Its text is not shown and not stored.",
        "It is streamed and stored like any text.",
        ("MAP-5", "T16"),
        shapes.refusal,
    ),
    Difference(
        "cut-text",
        "an answer that breaks off in mid sentence",
        "Its text is lost with the next reload.",
        "The item is ended and stored with the text so far.",
        ("T15", "ITEM-assistant_message-1"),
        shapes.cut_text,
    ),
)

SECTIONS = {
    "Everywhere": EVERYWHERE,
    "What is refused": REFUSALS,
    "What is accepted": TOLERANCE,
    "Pages and what is stored": PAGES,
    "Answers": ANSWERS,
}

DIFFERENCES = {row.id: row for rows in SECTIONS.values() for row in rows}


def page() -> Iterator[str]:
    """Yield the lines of the tables in `docs/differences.md`."""
    for title, rows in SECTIONS.items():
        yield f"## {title}"
        yield ""
        yield "| id | where | the stock server | this server | why |"
        yield "| --- | --- | --- | --- | --- |"
        for row in rows:
            yield f"| {row.id} | {row.where} | {row.stock} | {row.ours} | {', '.join(row.duties)} |"
        yield ""
