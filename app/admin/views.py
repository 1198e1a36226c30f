"""The views for people, `admin_threads`, `admin_messages`, `admin_approvals`, as migrations create them."""

from sqlalchemy import BigInteger, Boolean, Text, column, table
from sqlalchemy.dialects.postgresql import TIMESTAMP

from app.db.tables import SCHEMA

_TIME = TIMESTAMP(timezone=True)

admin_threads = table(
    "admin_threads",
    column("id", Text()),
    column("user_id", Text()),
    column("title", Text()),
    column("status", Text()),
    column("status_reason", Text()),
    column("created_at", _TIME),
    column("updated_at", _TIME),
    column("items", BigInteger()),
    column("last_message", Text()),
    column("running_turn", Text()),
    schema=SCHEMA,
)

admin_messages = table(
    "admin_messages",
    column("thread_id", Text()),
    column("seq", BigInteger()),
    column("id", Text()),
    column("user_id", Text()),
    column("created_at", _TIME),
    column("role", Text()),
    column("type", Text()),
    column("text", Text()),
    column("hidden", Boolean()),
    column("turn_id", Text()),
    column("turn_status", Text()),
    column("model", Text()),
    column("error", Text()),
    schema=SCHEMA,
)

admin_approvals = table(
    "admin_approvals",
    column("thread_id", Text()),
    column("item_id", Text()),
    column("call", BigInteger()),
    column("user_id", Text()),
    column("tool", Text()),
    column("server", Text()),
    column("arguments", Text()),
    column("status", Text()),
    column("asked_at", _TIME),
    column("decided_at", _TIME),
    column("turn_id", Text()),
    column("decided_turn_id", Text()),
    column("turn_status", Text()),
    schema=SCHEMA,
)
