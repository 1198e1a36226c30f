"""Threads, what users see of them, what the model remembers of them, and the turns that wrote it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from migrations.safety import refuse_to_lose

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"
TABLES = ("feedback", "attachments", "turns", "transcript_items", "thread_items", "threads")

TIME = sa.TIMESTAMP(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    """Create every table of the first release."""
    create_threads()
    create_thread_items()
    create_transcript_items()
    create_turns()
    create_feedback()
    create_attachments()
    comment_version_table()


def downgrade() -> None:
    """Drop them, unless they hold anything."""
    refuse_to_lose(*TABLES)
    for table in TABLES:
        op.drop_table(table, schema=SCHEMA)


def create_threads() -> None:
    """Create the table everything else hangs off."""
    op.create_table(
        "threads",
        sa.Column(
            "id", sa.Text, nullable=False, comment="Public id of the thread, shown in URLs and on the wire."
        ),
        sa.Column(
            "user_id", sa.Text, nullable=False, comment="Owner; part of every statement on this thread."
        ),
        sa.Column("title", sa.Text, comment="Title shown in the history; null until one is written."),
        sa.Column(
            "status", sa.Text, nullable=False, server_default="active", comment="active, locked or closed."
        ),
        sa.Column(
            "status_reason", sa.Text, comment="Why the thread is locked or closed, as shown to the user."
        ),
        sa.Column(
            "metadata",
            JSONB,
            nullable=False,
            server_default=sa.text("'{}'"),
            comment="Private; never sent out.",
        ),
        sa.Column(
            "allowed_image_domains", ARRAY(sa.Text), comment="Hosts Markdown images may come from; null: any."
        ),
        sa.Column("created_at", TIME, nullable=False, server_default=NOW, comment="When it was created."),
        sa.Column("updated_at", TIME, nullable=False, server_default=NOW, comment="Last activity."),
        sa.Column(
            "last_seq",
            sa.BigInteger,
            nullable=False,
            server_default="0",
            comment="Last sequence number given out.",
        ),
        sa.PrimaryKeyConstraint("id", name="threads_pkey"),
        sa.CheckConstraint("status in ('active', 'locked', 'closed')", name=op.f("threads_status_check")),
        schema=SCHEMA,
        comment="One conversation of one user.",
    )
    op.create_index(
        "threads_user_id_updated_at_id_idx",
        "threads",
        ["user_id", "updated_at", "id"],
        schema=SCHEMA,
    )


def create_thread_items() -> None:
    """Create the table of what the user sees."""
    op.create_table(
        "thread_items",
        sa.Column("thread_id", sa.Text, nullable=False, comment="Thread."),
        sa.Column("seq", sa.BigInteger, nullable=False, comment="Place in the thread; never changes."),
        sa.Column("id", sa.Text, nullable=False, comment="Public id of the item, unique in its thread."),
        sa.Column("turn_id", sa.Text, comment="Turn that wrote the item; null for imported ones."),
        sa.Column("type", sa.Text, nullable=False, comment="Item type as in the ChatKit protocol."),
        sa.Column("role", sa.Text, comment="user or assistant for messages, else null."),
        sa.Column("text", sa.Text, comment="What a person reads of the item, for search and inspection."),
        sa.Column(
            "hidden",
            sa.Boolean,
            nullable=False,
            server_default=sa.false(),
            comment="Never leaves the server.",
        ),
        sa.Column(
            "created_at", TIME, nullable=False, comment="When the item began; informative, not an order."
        ),
        sa.Column("payload", JSONB, nullable=False, comment="The item exactly as it was streamed."),
        sa.PrimaryKeyConstraint("thread_id", "seq", name="thread_items_pkey"),
        sa.UniqueConstraint("id", "thread_id", name="thread_items_id_thread_id_key"),
        belongs_to_thread("thread_items"),
        schema=SCHEMA,
        comment="What the user sees of a thread, in order.",
    )
    op.create_index(
        "thread_items_text_search_idx",
        "thread_items",
        [sa.text("to_tsvector('simple', left(coalesce(text, ''), 100000))")],
        schema=SCHEMA,
        postgresql_using="gin",
    )


def create_transcript_items() -> None:
    """Create the table of what the model remembers."""
    op.create_table(
        "transcript_items",
        sa.Column("thread_id", sa.Text, nullable=False, comment="Thread."),
        sa.Column("seq", sa.BigInteger, nullable=False, comment="Place in the thread; never changes."),
        sa.Column(
            "turn_id", sa.Text, comment="Turn the item belongs to; turns are trimmed and deleted whole."
        ),
        sa.Column(
            "item",
            JSONB,
            nullable=False,
            comment="An Agents SDK input item, tool calls and results included.",
        ),
        sa.Column("tokens", sa.Integer, nullable=False, comment="Estimated size in model tokens."),
        sa.Column("created_at", TIME, nullable=False, server_default=NOW, comment="When it was written."),
        sa.PrimaryKeyConstraint("thread_id", "seq", name="transcript_items_pkey"),
        belongs_to_thread("transcript_items"),
        schema=SCHEMA,
        comment="What the model remembers of a thread, in order.",
    )


def create_turns() -> None:
    """Create the table of turns, of which a thread has at most one running."""
    op.create_table(
        "turns",
        sa.Column("thread_id", sa.Text, nullable=False, comment="Thread."),
        sa.Column("id", sa.Text, nullable=False, comment="Id of the turn, as in the logs."),
        sa.Column("kind", sa.Text, nullable=False, comment="The ChatKit operation that began it."),
        sa.Column(
            "status", sa.Text, nullable=False, comment="running, done, cancelled, failed or interrupted."
        ),
        sa.Column(
            "fingerprint",
            sa.Text,
            nullable=False,
            comment="Hash of the request, to recognise its repetition.",
        ),
        sa.Column("worker", sa.Text, nullable=False, comment="Process that runs it."),
        sa.Column("lease_expires_at", TIME, comment="Until when the worker holds it; null once finished."),
        sa.Column("model", sa.Text, comment="Model that answered."),
        sa.Column("input_tokens", sa.BigInteger, comment="Tokens sent, as the provider counted them."),
        sa.Column("output_tokens", sa.BigInteger, comment="Tokens received, as the provider counted them."),
        sa.Column("error", sa.Text, comment="Code of the failure, for status failed."),
        sa.Column("started_at", TIME, nullable=False, server_default=NOW, comment="When it began."),
        sa.Column("finished_at", TIME, comment="When it ended."),
        sa.PrimaryKeyConstraint("thread_id", "id", name="turns_pkey"),
        sa.CheckConstraint(
            "status in ('running', 'done', 'cancelled', 'failed', 'interrupted')",
            name=op.f("turns_status_check"),
        ),
        belongs_to_thread("turns"),
        schema=SCHEMA,
        comment="The server's work on one streaming request; at most one is running per thread.",
    )
    op.create_index(
        "turns_running_key",
        "turns",
        ["thread_id"],
        schema=SCHEMA,
        unique=True,
        postgresql_where=sa.text("status = 'running'"),
    )


def create_feedback() -> None:
    """Create the table of votes."""
    op.create_table(
        "feedback",
        sa.Column("thread_id", sa.Text, nullable=False, comment="Thread of the item."),
        sa.Column("item_id", sa.Text, nullable=False, comment="Item voted on."),
        sa.Column("user_id", sa.Text, nullable=False, comment="Who voted."),
        sa.Column("kind", sa.Text, nullable=False, comment="positive or negative; the last vote counts."),
        sa.Column("created_at", TIME, nullable=False, server_default=NOW, comment="First vote."),
        sa.Column("updated_at", TIME, nullable=False, server_default=NOW, comment="Last vote."),
        sa.PrimaryKeyConstraint("thread_id", "item_id", "user_id", name="feedback_pkey"),
        sa.CheckConstraint("kind in ('positive', 'negative')", name=op.f("feedback_kind_check")),
        sa.ForeignKeyConstraint(
            ["thread_id", "item_id"],
            [f"{SCHEMA}.thread_items.thread_id", f"{SCHEMA}.thread_items.id"],
            name="feedback_thread_id_fkey",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
        comment="One vote per user and item.",
    )


def create_attachments() -> None:
    """Create the table of files."""
    op.create_table(
        "attachments",
        sa.Column("id", sa.Text, nullable=False, comment="Public id of the attachment."),
        sa.Column("user_id", sa.Text, nullable=False, comment="Owner; never changes."),
        sa.Column("thread_id", sa.Text, comment="Thread it was sent in."),
        sa.Column("name", sa.Text, nullable=False, comment="File name as shown; never a path."),
        sa.Column("mime_type", sa.Text, nullable=False, comment="Recognised media type."),
        sa.Column("size", sa.BigInteger, comment="Bytes stored; null until they are in."),
        sa.Column("sha256", sa.Text, comment="Hash of the bytes; null until they are in."),
        sa.Column("state", sa.Text, nullable=False, comment="pending, uploaded, attached or unavailable."),
        sa.Column("blob_key", sa.Text, comment="Where the bytes are; null without bytes."),
        sa.Column("payload", JSONB, nullable=False, comment="The attachment as the ChatKit SDK stores it."),
        sa.Column("created_at", TIME, nullable=False, server_default=NOW, comment="When it was registered."),
        sa.Column("expires_at", TIME, comment="When an attachment that was never sent is deleted."),
        sa.PrimaryKeyConstraint("id", name="attachments_pkey"),
        sa.CheckConstraint(
            "state in ('pending', 'uploaded', 'attached', 'unavailable')",
            name=op.f("attachments_state_check"),
        ),
        belongs_to_thread("attachments"),
        schema=SCHEMA,
        comment="Files of a user, sent in a thread or about to be.",
    )
    op.create_index("attachments_user_id_idx", "attachments", ["user_id"], schema=SCHEMA)
    op.create_index("attachments_thread_id_idx", "attachments", ["thread_id"], schema=SCHEMA)


def comment_version_table() -> None:
    """Explain Alembic's own table to whoever looks around."""
    op.execute(f"comment on table {SCHEMA}.alembic_version is 'The revision this schema is at.'")
    op.execute(f"comment on column {SCHEMA}.alembic_version.version_num is 'A file in migrations/versions.'")


def belongs_to_thread(table: str) -> sa.ForeignKeyConstraint:
    """Return the constraint by which rows of `table` go when their thread goes."""
    return sa.ForeignKeyConstraint(
        ["thread_id"], [f"{SCHEMA}.threads.id"], name=f"{table}_thread_id_fkey", ondelete="CASCADE"
    )
