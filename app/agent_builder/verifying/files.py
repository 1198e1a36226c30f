"""Files of imported messages: bytes in the archive, the record in the database, bytes in the store."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from chatkit.types import Attachment

from app.attachments import import_rows
from app.attachments.blobs import Blobs
from app.attachments.import_rows import StoredCopy
from app.attachments.importing import Wanted, message_part, without_bytes
from app.db.engine import Database
from app.errors import NotFound
from app.ids import UserId


@dataclass(slots=True)
class StoredFiles:
    """Finds files stored, and notes which are not what the archive has."""

    database: Database
    blobs: Blobs
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    """Place, archive and here, of the thread at hand."""

    max_bytes: int = 2**62

    async def take_all(self, user_id: UserId, wanted: Sequence[Wanted]) -> list[Attachment]:
        """Return the files as they should stand in a message."""
        known = await import_rows.find_all(self.database, user_id, [one.id for one in wanted])
        return [await self._found(one, known.get(one.id)) for one in wanted]

    async def _found(self, wanted: Wanted, known: StoredCopy | None) -> Attachment:
        expected = hashlib.sha256(wanted.data).hexdigest() if wanted.data is not None else None
        if known is None:
            self._note(wanted, f"file {expected or 'without bytes'}", "no record")
            return without_bytes(wanted, wanted.reason)
        if known.sha256 is None:
            # Without bytes in the archive, or refused when it was imported: the record says why.
            self.counts["unavailable"] += 1
            return message_part(known)
        here = await self._sha256(known)
        if expected is None:
            # An earlier archive had it.
            self.counts["only here"] += 1
            expected = known.sha256
        if known.sha256 == expected == here:
            self.counts["same"] += 1
        else:
            self._note(wanted, f"SHA-256 {expected}", f"record {known.sha256}, bytes {here or 'missing'}")
        return message_part(known)

    async def _sha256(self, known: StoredCopy) -> str | None:
        digest = hashlib.sha256()
        try:
            async for piece in await self.blobs.stream(known.blob_key or "none"):
                digest.update(piece)
        except NotFound:
            return None
        return digest.hexdigest()

    def _note(self, wanted: Wanted, archive: str, here: str) -> None:
        self.counts["different"] += 1
        self.wrong.append((f"file {wanted.id} ({wanted.name[:80]})", archive, here))
