"""What users and assistants have said: threads, items, what the model remembers, and what hangs off them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.db.tables.schema import TIME, metadata

threads = Table(
    "threads",
    metadata,
    Column("id", Text, primary_key=True, comment="Public id of the thread, shown in URLs and on the wire."),
    Column("user_id", Text, nullable=False, comment="Owner; part of every statement on this thread."),
    Column("title", Text, comment="Title shown in the history; null until one is written."),
    Column("status", Text, nullable=False, server_default="active", comment="active, locked or closed."),
    Column("status_reason", Text, comment="Why the thread is locked or closed, as shown to the user."),
    Column(
        "metadata", JSONB, nullable=False, server_default=text("'{}'"), comment="Private; never sent out."
    ),
    Column("allowed_image_domains", ARRAY(Text), comment="Hosts Markdown images may come from; null: any."),
    Column("created_at", TIME, nullable=False, server_default=func.now(), comment="When it was created."),
    Column("updated_at", TIME, nullable=False, server_default=func.now(), comment="Last activity."),
    Column(
        "last_seq", BigInteger, nullable=False, server_default="0", comment="Last sequence number given out."
    ),
    Column(
        "raw",
        Text,
        comment="The thread as the API it was imported from sent it, to the character; null: not imported.",
    ),
    CheckConstraint("status in ('active', 'locked', 'closed')", name="status"),
    # One direction in all columns: a place in the list is then one row comparison, read backwards.
    Index("threads_user_id_updated_at_id_idx", "user_id", "updated_at", "id"),
    # For the list of all users, in which no thread moves. One with the user first would mislead the planner
    # where it reads the index above: it takes whichever begins with the user for as good.
    Index("threads_created_at_id_idx", "created_at", "id"),
    comment="One conversation of one user.",
)


def in_thread() -> Column[str]:
    """Return the column of a table whose rows go with their thread."""
    thread = ForeignKey(threads.c.id, ondelete="CASCADE")
    return Column("thread_id", Text, thread, primary_key=True, comment="Thread.")


def _place() -> Column[int]:
    comment = "Place in the thread; never changes."
    return Column("seq", BigInteger, primary_key=True, autoincrement=False, comment=comment)


thread_items = Table(
    "thread_items",
    metadata,
    in_thread(),
    _place(),
    Column("id", Text, nullable=False, comment="Public id of the item, unique in its thread."),
    Column("turn_id", Text, comment="Turn that wrote the item; null for imported ones."),
    Column("type", Text, nullable=False, comment="Item type as in the ChatKit protocol."),
    Column("role", Text, comment="user or assistant for messages, else null."),
    Column("text", Text, comment="What a person reads of the item, for search and inspection."),
    Column(
        "hidden", Boolean, nullable=False, server_default=text("false"), comment="Never leaves the server."
    ),
    Column("created_at", TIME, nullable=False, comment="When the item began; informative, not an order."),
    Column("payload", JSONB, nullable=False, comment="The item exactly as it was streamed."),
    Column(
        "raw",
        Text,
        comment="The item as the API it was imported from sent it, to the character; null: not imported.",
    ),
    # The primary key stays the only index that begins with the thread: pages are read from it, in order.
    UniqueConstraint("id", "thread_id"),
    Index(
        "thread_items_text_search_idx",
        text("to_tsvector('simple', left(coalesce(text, ''), 100000))"),
        postgresql_using="gin",
    ),
    Index(
        "thread_items_waiting_idx",
        "thread_id",
        postgresql_where=text(
            "type in ('client_tool_call', 'structured_input') and payload ->> 'status' = 'pending'"
        ),
    ),
    comment="What the user sees of a thread, in order.",
)

transcript_items = Table(
    "transcript_items",
    metadata,
    in_thread(),
    _place(),
    Column("turn_id", Text, comment="Turn the item belongs to; turns are trimmed and deleted whole."),
    Column(
        "item", JSONB, nullable=False, comment="An Agents SDK input item, tool calls and results included."
    ),
    Column("tokens", Integer, nullable=False, comment="Estimated size in model tokens."),
    Column("created_at", TIME, nullable=False, server_default=func.now(), comment="When it was written."),
    comment="What the model remembers of a thread, in order.",
)

thread_state = Table(
    "thread_state",
    metadata,
    in_thread(),
    Column("workflow", Text, primary_key=True, comment="Workflow whose variables these are: its id or name."),
    Column("variables", JSONB, nullable=False, comment="The variables, as the last turn has left them."),
    Column(
        "sessions",
        ARRAY(Text),
        nullable=False,
        server_default="{}",
        comment="Sessions whose variables were laid over these, the newest last.",
    ),
    Column("updated_at", TIME, nullable=False, server_default=func.now(), comment="When it was saved."),
    comment="Variables of exported workflows, kept between the turns of a thread.",
)

feedback = Table(
    "feedback",
    metadata,
    Column("thread_id", Text, primary_key=True, comment="Thread of the item."),
    Column("item_id", Text, primary_key=True, comment="Item voted on."),
    Column("user_id", Text, primary_key=True, comment="Who voted."),
    Column("kind", Text, nullable=False, comment="positive or negative; the last vote counts."),
    Column("created_at", TIME, nullable=False, server_default=func.now(), comment="First vote."),
    Column("updated_at", TIME, nullable=False, server_default=func.now(), comment="Last vote."),
    CheckConstraint("kind in ('positive', 'negative')", name="kind"),
    ForeignKeyConstraint(
        ["thread_id", "item_id"], [thread_items.c.thread_id, thread_items.c.id], ondelete="CASCADE"
    ),
    comment="One vote per user and item.",
)

consumed_actions = Table(
    "consumed_actions",
    metadata,
    Column("thread_id", Text, primary_key=True, comment="Thread of the widget."),
    Column("item_id", Text, primary_key=True, comment="Widget that the user clicked in."),
    Column("action", Text, primary_key=True, comment="Type of the action."),
    Column("created_at", TIME, nullable=False, server_default=func.now(), comment="When it was done."),
    ForeignKeyConstraint(
        ["thread_id", "item_id"], [thread_items.c.thread_id, thread_items.c.id], ondelete="CASCADE"
    ),
    comment="Actions of widgets that run once and have.",
)
