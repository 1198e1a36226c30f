"""Files of users, and bytes that are to be removed."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.db.tables.conversations import threads
from app.db.tables.schema import TIME, metadata

attachments = Table(
    "attachments",
    metadata,
    Column("id", Text, primary_key=True, comment="Public id of the attachment."),
    Column("user_id", Text, nullable=False, comment="Owner; never changes."),
    Column("thread_id", Text, ForeignKey(threads.c.id, ondelete="CASCADE"), comment="Thread it was sent in."),
    Column("name", Text, nullable=False, comment="File name as shown; never a path."),
    Column("mime_type", Text, nullable=False, comment="Recognised media type."),
    Column("size", BigInteger, comment="Bytes stored, or announced while they are not in."),
    Column("sha256", Text, comment="Hash of the bytes; null until they are in."),
    Column("state", Text, nullable=False, comment="pending, uploaded, attached or unavailable."),
    Column("blob_key", Text, comment="Where the bytes are; null without bytes."),
    Column("payload", JSONB, nullable=False, comment="The attachment as the ChatKit SDK stores it."),
    Column("created_at", TIME, nullable=False, server_default=func.now(), comment="When it was registered."),
    Column("expires_at", TIME, comment="When an attachment that was never sent is deleted."),
    Column("item_id", Text, comment="Item of the thread it belongs to; null until it is sent."),
    Column(
        "renditions",
        ARRAY(Text),
        nullable=False,
        server_default="{}",
        comment="Smaller forms of an image that are kept beside it: preview, model.",
    ),
    Column(
        "max_bytes",
        BigInteger,
        comment="Most bytes that may be sent for it; null: as many as the server takes.",
    ),
    CheckConstraint("state in ('pending', 'uploaded', 'attached', 'unavailable')", name="state"),
    Index("attachments_user_id_idx", "user_id"),
    Index("attachments_thread_id_idx", "thread_id"),
    Index("attachments_expires_at_idx", "expires_at", postgresql_where=text("expires_at is not null")),
    comment="Files of a user, sent in a thread or about to be.",
)

# A trigger fills it when a row of `attachments` is deleted, by whomever.
blob_removals = Table(
    "blob_removals",
    metadata,
    Column("key", Text, primary_key=True, comment="Where the bytes are."),
    Column("user_id", Text, nullable=False, comment="Whose file it was."),
    Column("due_at", TIME, nullable=False, server_default=func.now(), comment="When to try next."),
    Column("attempts", Integer, nullable=False, server_default="0", comment="How often it was tried."),
    Index("blob_removals_due_at_idx", "due_at"),
    comment="Bytes of files whose record is gone, until they are gone as well.",
)
