"""A saved thread as questions: what its user has said, in order, each with the answer that it had."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chatkit.types import ThreadItem, UserMessageItem

from app.agent_builder.comparing.said import Said, said
from app.agent_builder.importing.files import SavedFiles
from app.agent_builder.importing.saved import Record, SavedThread, SavedThreads
from app.attachments.importing import Wanted
from app.ids import ThreadId
from app.threads.importing.hosted import text_of
from app.threads.importing.mapping import mapped
from app.threads.importing.metadata import metadata
from app.threads.importing.places import Place, places

LANGUAGE = "en"
"""Of what stands in the place of items that have no form here."""


@dataclass(slots=True)
class Question:
    """A message of the user, and what was answered."""

    number: int
    message: UserMessageItem
    raw: Record
    place: Place
    old: list[Said] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What was written."""
        return "\n".join(part.text for part in self.message.content)


@dataclass(frozen=True, slots=True)
class SavedConversation:
    """The questions of one thread."""

    thread: SavedThread
    questions: Sequence[Question]

    @property
    def title(self) -> str | None:
        """What it was called."""
        return text_of(self.thread.raw, "title")

    def files(self, saved: SavedThreads, question: Question, max_bytes: int) -> list[Wanted]:
        """Return the files of a question, read only now, as they may be large."""
        return SavedFiles.of(saved, self.thread.id, max_bytes).wanted(question.raw, question.place)


def conversation_of(saved: SavedThreads, thread: SavedThread) -> SavedConversation | None:
    """Return what was asked in a thread; None, with a finding, where its items cannot be relied on."""
    items = saved.items(thread)
    if items is None:
        return None
    begun = metadata(thread.raw, ThreadId(thread.id), None, []).created_at
    questions = list[Question]()
    answers = list[list[ThreadItem]]()
    for raw, place in zip(items.raws, places(ThreadId(thread.id), begun, items.raws), strict=True):
        item = mapped(raw, place, LANGUAGE).item
        if isinstance(item, UserMessageItem):
            questions.append(Question(len(questions) + 1, item, raw, place))
            answers.append([])
        elif answers:
            # What stands before the first question answers none.
            answers[-1].append(item)
    for question, answer in zip(questions, answers, strict=True):
        question.old = said(answer)
    return SavedConversation(thread, questions)
