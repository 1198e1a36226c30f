"""Whether anyone has read a turn to its end: until then its request, come again, is a repetition.

A turn that ends while it is being read counts as read at once, in the statement that ends it. Who then breaks
off before the last byte takes that back.
"""

from dataclasses import dataclass

from app.turns.turn import ReadableTurn, Turn
from app.turns.writing import TurnWriter


@dataclass(frozen=True, slots=True)
class Delivery:
    """One reader's reading of a turn to its end."""

    turn: ReadableTurn
    writer: TurnWriter

    async def complete(self) -> None:
        """All of an ended turn was sent. On return it is known to every process, so the end may be seen."""
        if not self._counts_already():
            await self.writer.mark_read(self.turn.thread_id, self.turn.user_id, self.turn.id)

    def broken_off(self) -> None:
        """The reader has left an ended turn before all of it was sent."""
        if self._counts_already():
            self.writer.mark_unread(self.turn.thread_id, self.turn.user_id, self.turn.id)

    def _counts_already(self) -> bool:
        return isinstance(self.turn, Turn) and self.turn.was_read_at_its_end
