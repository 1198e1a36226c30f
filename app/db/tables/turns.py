"""The server's work on answers: turns, what running ones have streamed, and runs that wait."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.db.tables.conversations import in_thread, thread_items
from app.db.tables.schema import TIME, metadata

turns = Table(
    "turns",
    metadata,
    in_thread(),
    Column("id", Text, primary_key=True, comment="Id of the turn, as in the logs."),
    Column("kind", Text, nullable=False, comment="The ChatKit operation that began it."),
    Column("status", Text, nullable=False, comment="running, done, cancelled, failed or interrupted."),
    Column("fingerprint", Text, nullable=False, comment="Hash of the request, to recognise its repetition."),
    Column("worker", Text, nullable=False, comment="Process that runs it."),
    Column("lease_expires_at", TIME, comment="Until when the worker holds it; null once finished."),
    Column("model", Text, comment="Model that answered."),
    Column("input_tokens", BigInteger, comment="Tokens sent, as the provider counted them."),
    Column("output_tokens", BigInteger, comment="Tokens received, as the provider counted them."),
    Column("error", Text, comment="Code of the failure, for status failed."),
    Column("started_at", TIME, nullable=False, server_default=func.now(), comment="When it began."),
    Column("finished_at", TIME, comment="When it ended."),
    Column(
        "cancel_requested_at",
        TIME,
        comment="When somebody asked another process to stop it; null if nobody has.",
    ),
    Column(
        "followed_until",
        TIME,
        comment="Until when a reader of another process follows it, if that is renewed.",
    ),
    Column(
        "undelivered",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Nobody has read it to its end; its request may be repeated.",
    ),
    Column("item_id", Text, comment="Widget the user clicked in; null where a turn begins otherwise."),
    Column(
        "language",
        Text,
        nullable=False,
        server_default=text("'en'"),
        comment="In which the server speaks to whoever asked for it.",
    ),
    CheckConstraint("status in ('running', 'done', 'cancelled', 'failed', 'interrupted')", name="status"),
    Index("turns_running_key", "thread_id", unique=True, postgresql_where=text("status = 'running'")),
    Index(
        "turns_running_fingerprint_key",
        "fingerprint",
        unique=True,
        postgresql_where=text("status = 'running'"),
    ),
    Index("turns_undelivered_idx", "thread_id", postgresql_where=text("undelivered")),
    Index(
        "turns_undelivered_create_idx",
        "fingerprint",
        postgresql_where=text("undelivered and kind = 'threads.create'"),
    ),
    comment="The server's work on one streaming request; at most one is running per thread.",
)

turn_events = Table(
    "turn_events",
    metadata,
    Column("thread_id", Text, primary_key=True, comment="Thread."),
    Column("turn_id", Text, primary_key=True, comment="Running turn."),
    Column(
        "position",
        Integer,
        primary_key=True,
        autoincrement=False,
        comment="Place of the first of these events in the turn.",
    ),
    Column("frames", Text, nullable=False, comment="Events as they were streamed, one JSON a line."),
    Column("memory", JSONB, comment="What the model shall remember of the turn besides, so far."),
    Column("written_at", TIME, nullable=False, server_default=func.now(), comment="When it was written."),
    ForeignKeyConstraint(["thread_id", "turn_id"], [turns.c.thread_id, turns.c.id], ondelete="CASCADE"),
    comment="What running turns have streamed, for other processes; gone when the turn has ended.",
)

pauses = Table(
    "pauses",
    metadata,
    Column("thread_id", Text, primary_key=True, comment="Thread."),
    Column("item_id", Text, primary_key=True, comment="Item that asks the user."),
    Column("turn_id", Text, nullable=False, comment="Turn that asked."),
    Column(
        "calls",
        JSONB,
        nullable=False,
        comment="Tool calls that wait: for each its question in the item, tool, arguments and kind.",
    ),
    Column("state", JSONB, comment="The run as the Agents SDK saves it; null once decided."),
    Column("state_version", Text, nullable=False, comment="Version of the Agents SDK's form of a run."),
    Column(
        "history_end",
        BigInteger,
        comment="Place of the transcript up to which it was sent and state leaves it out; or null.",
    ),
    Column("created_at", TIME, nullable=False, server_default=func.now(), comment="When it was asked."),
    Column("decided_at", TIME, comment="When it was decided; null while it waits."),
    Column("decisions", JSONB, comment="By question, whether the call was approved; null while it waits."),
    Column("decided_turn_id", Text, comment="Turn that goes on with the decision; null where none does."),
    Column(
        "firm",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="A message that comes instead of the decision is refused.",
    ),
    ForeignKeyConstraint(
        ["thread_id", "item_id"], [thread_items.c.thread_id, thread_items.c.id], ondelete="CASCADE"
    ),
    Index("pauses_undecided_idx", "created_at", postgresql_where=text("decided_at is null")),
    comment="Runs that wait until the user has approved or refused tool calls; each is decided once.",
)
