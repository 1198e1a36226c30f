"""The tables, as SQLAlchemy Core sees them; `migrations/` creates them and a test keeps the two equal.

Everything that hangs off a thread has `thread_id` first in its primary key, so the schema can be distributed
on it. Order never comes from a clock: `threads.last_seq` hands out the numbers for items and transcript
alike.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

SCHEMA = "chatkit"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    },
)

_time = TIMESTAMP(timezone=True)

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
    Column("created_at", _time, nullable=False, server_default=func.now(), comment="When it was created."),
    Column("updated_at", _time, nullable=False, server_default=func.now(), comment="Last activity."),
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

thread_items = Table(
    "thread_items",
    metadata,
    Column(
        "thread_id", Text, ForeignKey(threads.c.id, ondelete="CASCADE"), primary_key=True, comment="Thread."
    ),
    Column(
        "seq",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="Place in the thread; never changes.",
    ),
    Column("id", Text, nullable=False, comment="Public id of the item, unique in its thread."),
    Column("turn_id", Text, comment="Turn that wrote the item; null for imported ones."),
    Column("type", Text, nullable=False, comment="Item type as in the ChatKit protocol."),
    Column("role", Text, comment="user or assistant for messages, else null."),
    Column("text", Text, comment="What a person reads of the item, for search and inspection."),
    Column(
        "hidden", Boolean, nullable=False, server_default=text("false"), comment="Never leaves the server."
    ),
    Column("created_at", _time, nullable=False, comment="When the item began; informative, not an order."),
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
    Column(
        "thread_id", Text, ForeignKey(threads.c.id, ondelete="CASCADE"), primary_key=True, comment="Thread."
    ),
    Column(
        "seq",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="Place in the thread; never changes.",
    ),
    Column("turn_id", Text, comment="Turn the item belongs to; turns are trimmed and deleted whole."),
    Column(
        "item", JSONB, nullable=False, comment="An Agents SDK input item, tool calls and results included."
    ),
    Column("tokens", Integer, nullable=False, comment="Estimated size in model tokens."),
    Column("created_at", _time, nullable=False, server_default=func.now(), comment="When it was written."),
    comment="What the model remembers of a thread, in order.",
)

turns = Table(
    "turns",
    metadata,
    Column(
        "thread_id", Text, ForeignKey(threads.c.id, ondelete="CASCADE"), primary_key=True, comment="Thread."
    ),
    Column("id", Text, primary_key=True, comment="Id of the turn, as in the logs."),
    Column("kind", Text, nullable=False, comment="The ChatKit operation that began it."),
    Column("status", Text, nullable=False, comment="running, done, cancelled, failed or interrupted."),
    Column("fingerprint", Text, nullable=False, comment="Hash of the request, to recognise its repetition."),
    Column("worker", Text, nullable=False, comment="Process that runs it."),
    Column("lease_expires_at", _time, comment="Until when the worker holds it; null once finished."),
    Column("model", Text, comment="Model that answered."),
    Column("input_tokens", BigInteger, comment="Tokens sent, as the provider counted them."),
    Column("output_tokens", BigInteger, comment="Tokens received, as the provider counted them."),
    Column("error", Text, comment="Code of the failure, for status failed."),
    Column("started_at", _time, nullable=False, server_default=func.now(), comment="When it began."),
    Column("finished_at", _time, comment="When it ended."),
    Column(
        "cancel_requested_at",
        _time,
        comment="When somebody asked another process to stop it; null if nobody has.",
    ),
    Column(
        "followed_until",
        _time,
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
    Column("written_at", _time, nullable=False, server_default=func.now(), comment="When it was written."),
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
    Column("created_at", _time, nullable=False, server_default=func.now(), comment="When it was asked."),
    Column("decided_at", _time, comment="When it was decided; null while it waits."),
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

thread_state = Table(
    "thread_state",
    metadata,
    Column(
        "thread_id", Text, ForeignKey(threads.c.id, ondelete="CASCADE"), primary_key=True, comment="Thread."
    ),
    Column("workflow", Text, primary_key=True, comment="Workflow whose variables these are: its id or name."),
    Column("variables", JSONB, nullable=False, comment="The variables, as the last turn has left them."),
    Column(
        "sessions",
        ARRAY(Text),
        nullable=False,
        server_default="{}",
        comment="Sessions whose variables were laid over these, the newest last.",
    ),
    Column("updated_at", _time, nullable=False, server_default=func.now(), comment="When it was saved."),
    comment="Variables of exported workflows, kept between the turns of a thread.",
)

feedback = Table(
    "feedback",
    metadata,
    Column("thread_id", Text, primary_key=True, comment="Thread of the item."),
    Column("item_id", Text, primary_key=True, comment="Item voted on."),
    Column("user_id", Text, primary_key=True, comment="Who voted."),
    Column("kind", Text, nullable=False, comment="positive or negative; the last vote counts."),
    Column("created_at", _time, nullable=False, server_default=func.now(), comment="First vote."),
    Column("updated_at", _time, nullable=False, server_default=func.now(), comment="Last vote."),
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
    Column("created_at", _time, nullable=False, server_default=func.now(), comment="When it was done."),
    ForeignKeyConstraint(
        ["thread_id", "item_id"], [thread_items.c.thread_id, thread_items.c.id], ondelete="CASCADE"
    ),
    comment="Actions of widgets that run once and have.",
)

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
    Column("created_at", _time, nullable=False, server_default=func.now(), comment="When it was registered."),
    Column("expires_at", _time, comment="When an attachment that was never sent is deleted."),
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
    Column("due_at", _time, nullable=False, server_default=func.now(), comment="When to try next."),
    Column("attempts", Integer, nullable=False, server_default="0", comment="How often it was tried."),
    Index("blob_removals_due_at_idx", "due_at"),
    comment="Bytes of files whose record is gone, until they are gone as well.",
)

# Not logged: it is written at every request, and what a crash loses of it is only counted anew.
limit_counters = Table(
    "limit_counters",
    metadata,
    Column("key", Text, primary_key=True, comment="What is counted, and a hash of whose it is."),
    Column("used", BigInteger, nullable=False, comment="Requests, tokens or bytes so far."),
    Column("ends_at", _time, nullable=False, comment="When the count begins anew."),
    prefixes=["UNLOGGED"],
    postgresql_with={"fillfactor": 50},
    comment="How much of its share each caller has had; rows are removed when their time is over.",
)

# Nothing refers to the rows it tells of: it outlives them.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Text, primary_key=True, comment="Id of the entry; sorts by time of writing."),
    Column("at", _time, nullable=False, server_default=func.now(), comment="When it was done."),
    Column("actor_kind", Text, nullable=False, comment="command, server_key or system."),
    Column("actor", Text, nullable=False, comment="Account, server key by its hash, or part of the server."),
    Column("source", Text, comment="Machine or address it was done from."),
    Column("request_id", Text, comment="The HTTP request that did it, as in the logs; or null."),
    Column("action", Text, nullable=False, comment="What was done, as threads.read."),
    Column("user_id", Text, comment="Whose threads they are; null where nothing of anybody was met."),
    Column(
        "thread_ids",
        ARRAY(Text),
        nullable=False,
        server_default="{}",
        comment="The threads, a thousand at most.",
    ),
    Column(
        "details",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Numbers, states and ids; never what anybody wrote.",
    ),
    CheckConstraint("actor_kind in ('command', 'server_key', 'system')", name="actor_kind"),
    Index("audit_log_at_id_idx", "at", "id"),
    Index("audit_log_user_id_at_id_idx", "user_id", "at", "id"),
    comment="Who looked at or changed threads of others; the application adds and never changes.",
)

imported_threads = Table(
    "imported_threads",
    metadata,
    Column("thread_id", Text, primary_key=True, comment="Thread, which may be deleted since."),
    Column("user_id", Text, nullable=False, comment="For whom it was imported."),
    Column("content_sha256", Text, nullable=False, comment="Hash of all that was imported of it."),
    Column("language", Text, nullable=False, comment="In which the notes among its items are written."),
    Column("item_count", Integer, nullable=False, comment="How many items were imported."),
    Column("last_seq", BigInteger, nullable=False, comment="Last place that the import has given out."),
    Column(
        "imported_at",
        _time,
        nullable=False,
        server_default=func.now(),
        comment="When it was last written by an import.",
    ),
    comment="Threads that were imported, so that a repetition changes nothing that has happened since.",
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True, comment="Public id of the session."),
    Column("user_id", Text, nullable=False, comment="User whom its secret stands for."),
    Column("secret_sha256", Text, nullable=False, comment="Hash of the client secret."),
    Column("workflow_id", Text, nullable=False, comment="Workflow it was made for."),
    Column("workflow_version", Text, comment="Version of it; null for the current one."),
    Column(
        "state_variables",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="What the back-end gave along for the assistant.",
    ),
    Column(
        "configuration",
        JSONB,
        nullable=False,
        comment="Titles, files, history and tracing, all defaults resolved.",
    ),
    Column("requests_per_minute", BigInteger, nullable=False, comment="Most requests in a minute."),
    Column("uploads", BigInteger, nullable=False, server_default="0", comment="Files uploaded so far."),
    Column("created_at", _time, nullable=False, server_default=func.now(), comment="When it was made."),
    Column("expires_at", _time, nullable=False, comment="From when on its secret opens nothing."),
    Column("cancelled_at", _time, comment="When it was cancelled; null if it was not."),
    UniqueConstraint("secret_sha256"),
    Index("sessions_expires_at_idx", "expires_at"),
    comment="Client secrets that a back-end has had made for its users, for minutes.",
)
