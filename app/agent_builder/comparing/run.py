"""Which threads are compared, and every question of them, in order, each thread in one new conversation."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from app.agent_builder.comparing.allowance import Allowance, UsedUp
from app.agent_builder.comparing.chat import Answer, Chat, Served
from app.agent_builder.comparing.questions import conversation_of
from app.agent_builder.comparing.report import Compared, Report, Row
from app.agent_builder.importing.progress import Progress
from app.agent_builder.importing.saved import SavedThread, SavedThreads
from app.context import RequestContext
from app.errors import ChatKitServerError, ConfigurationError

logger = logging.getLogger(__name__)

EARLIER_WAITS = "question {number} of this thread waits for {what}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Threads by id, or so many at random; of each so many questions, None for all."""

    threads: int
    only: Sequence[str]
    seed: int
    turns: int | None


@dataclass(slots=True)
class Comparison:
    """Made once."""

    served: Served
    saved: SavedThreads
    context_of: Callable[[int], RequestContext]
    """Of each conversation, by number."""
    allowance: Allowance
    report: Report
    progress: Progress
    _waiting: Iterator[tuple[int, Compared]] = field(default_factory=lambda: iter(()), init=False)

    async def run(self, at_once: int) -> None:
        """Ask everything that was chosen. Broken off, the report has what was answered by then."""
        self._waiting = iter(enumerate(self.report.threads, 1))
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(at_once):
                    tasks.create_task(self._work())
        finally:
            self.report.stopped_by = self.allowance.is_used_up

    async def _work(self) -> None:
        for number, thread in self._waiting:
            await self._compare(thread, Chat(self.served, self.context_of(number)))
            self.progress.done(0)

    async def _compare(self, thread: Compared, chat: Chat) -> None:
        before = 0
        for number, row in enumerate(thread.rows):
            try:
                async with self.allowance.asking(before) as cost:
                    answer = await self._ask(chat, thread, row)
                    before = cost.tokens = answer.tokens
            except UsedUp as limit:
                _close(thread, number, Answer("not_asked", str(limit)))
                return
            thread.rows[number] = Row(row.question, answer)
            self.progress.counted(1)
            if answer.state == "waits":
                what = EARLIER_WAITS.format(number=row.question.number, what=answer.why)
                _close(thread, number + 1, Answer("skipped", what))
                return

    async def _ask(self, chat: Chat, thread: Compared, row: Row) -> Answer:
        limits = self.served.files.limits
        try:
            files = thread.conversation.files(self.saved, row.question, limits.max_bytes if limits else 0)
            return await chat.ask(row.question, files)
        except ChatKitServerError as error:
            return Answer("failed", error.message)
        except Exception as error:
            # One question that nobody foresaw must not keep the others from being asked.
            logger.exception(
                "a question could not be asked", extra={"thread_id": thread.conversation.thread.id}
            )
            return Answer("failed", f"it could not be asked ({type(error).__name__})")


def choose(saved: SavedThreads, chosen: Chosen, report: Report) -> None:
    """Put what is to be compared into the report, nothing of it asked yet."""
    threads = list(saved.threads())
    report.in_archive = len(threads)
    for thread in _in_order(threads, chosen):
        conversation = conversation_of(saved, thread)
        if conversation is None:
            continue
        if not conversation.questions:
            report.without_questions += 1
            continue
        asked = conversation.questions[: chosen.turns]
        rows = [Row(question, Answer("not_asked", "interrupted")) for question in asked]
        report.threads.append(Compared(conversation, rows))
        if not chosen.only and len(report.threads) == chosen.threads:
            return


def _in_order(threads: list[SavedThread], chosen: Chosen) -> list[SavedThread]:
    if not chosen.only:
        # At random, and for the same seed the same, also when threads have been added since.
        return sorted(threads, key=lambda thread: sha256(f"{chosen.seed} {thread.id}".encode()).digest())
    known = {thread.id: thread for thread in threads}
    if unknown := [thread_id for thread_id in chosen.only if thread_id not in known]:
        raise ConfigurationError(f"The archive has no thread {unknown[0]!r}.")
    return [known[thread_id] for thread_id in dict.fromkeys(chosen.only)]


def _close(thread: Compared, start: int, answer: Answer) -> None:
    thread.rows[start:] = [Row(row.question, answer) for row in thread.rows[start:]]
