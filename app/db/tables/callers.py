"""Who may ask for how much, and who has looked at what: sessions, counts, the audit log."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Table, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.db.tables.schema import TIME, metadata

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
    Column("created_at", TIME, nullable=False, server_default=func.now(), comment="When it was made."),
    Column("expires_at", TIME, nullable=False, comment="From when on its secret opens nothing."),
    Column("cancelled_at", TIME, comment="When it was cancelled; null if it was not."),
    UniqueConstraint("secret_sha256"),
    Index("sessions_expires_at_idx", "expires_at"),
    comment="Client secrets that a back-end has had made for its users, for minutes.",
)

# Not logged: it is written at every request, and what a crash loses of it is only counted anew.
limit_counters = Table(
    "limit_counters",
    metadata,
    Column("key", Text, primary_key=True, comment="What is counted, and a hash of whose it is."),
    Column("used", BigInteger, nullable=False, comment="Requests, tokens or bytes so far."),
    Column("ends_at", TIME, nullable=False, comment="When the count begins anew."),
    prefixes=["UNLOGGED"],
    postgresql_with={"fillfactor": 50},
    comment="How much of its share each caller has had; rows are removed when their time is over.",
)

# Nothing refers to the rows it tells of: it outlives them.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Text, primary_key=True, comment="Id of the entry; sorts by time of writing."),
    Column("at", TIME, nullable=False, server_default=func.now(), comment="When it was done."),
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
