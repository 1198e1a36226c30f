"""Who looked at or changed threads that are not theirs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

from migrations.safety import refuse_to_lose

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"
TIME = TIMESTAMP(timezone=True)

# The schema's default privileges let the application change every table, and a run may end before it grants
# anew.
APPEND_ONLY = """
do $$
begin
    if exists (select from pg_roles where rolname = 'chatkit_app') then
        revoke update, delete on chatkit.audit_log from chatkit_app;
    end if;
end
$$
"""


def upgrade() -> None:
    """Create it, to be added to only."""
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Text(), comment="Id of the entry; sorts by time of writing."),
        sa.Column("at", TIME, nullable=False, server_default=sa.func.now(), comment="When it was done."),
        sa.Column("actor_kind", sa.Text(), nullable=False, comment="command, server_key or system."),
        sa.Column(
            "actor",
            sa.Text(),
            nullable=False,
            comment="Account, server key by its hash, or part of the server.",
        ),
        sa.Column("source", sa.Text(), comment="Machine or address it was done from."),
        sa.Column("request_id", sa.Text(), comment="The HTTP request that did it, as in the logs; or null."),
        sa.Column("action", sa.Text(), nullable=False, comment="What was done, as threads.read."),
        sa.Column(
            "user_id", sa.Text(), comment="Whose threads they are; null where nothing of anybody was met."
        ),
        sa.Column(
            "thread_ids",
            ARRAY(sa.Text()),
            nullable=False,
            server_default="{}",
            comment="The threads, a thousand at most.",
        ),
        sa.Column(
            "details",
            JSONB(),
            nullable=False,
            server_default=sa.text("'{}'"),
            comment="Numbers, states and ids; never what anybody wrote.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_log_pkey")),
        sa.CheckConstraint(
            "actor_kind in ('command', 'server_key', 'system')", name=op.f("audit_log_actor_kind_check")
        ),
        comment="Who looked at or changed threads of others; the application adds and never changes.",
        schema=SCHEMA,
    )
    op.create_index("audit_log_at_id_idx", "audit_log", ["at", "id"], schema=SCHEMA)
    op.create_index("audit_log_user_id_at_id_idx", "audit_log", ["user_id", "at", "id"], schema=SCHEMA)
    op.execute(APPEND_ONLY)


def downgrade() -> None:
    """Drop it; what it tells is lost."""
    refuse_to_lose("audit_log")
    op.drop_table("audit_log", schema=SCHEMA)
