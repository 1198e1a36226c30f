"""Sessions of the hosted API's shape, lists of threads by creation, and a file's own upload limit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.safety import refuse_to_lose

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"

TIME = sa.TIMESTAMP(timezone=True)

BY_CREATION = "threads_created_at_id_idx"


def upgrade() -> None:
    """Add a table, a column without a default, and an index that is built while threads go on."""
    _create_sessions()
    op.add_column(
        "attachments",
        sa.Column(
            "max_bytes",
            sa.BigInteger(),
            comment="Most bytes that may be sent for it; null: as many as the server takes.",
        ),
        schema=SCHEMA,
    )
    with op.get_context().autocommit_block():
        op.drop_index(BY_CREATION, "threads", schema=SCHEMA, if_exists=True, postgresql_concurrently=True)
        op.create_index(
            BY_CREATION, "threads", ["created_at", "id"], schema=SCHEMA, postgresql_concurrently=True
        )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), primary_key=True, comment="Public id of the session."),
        sa.Column("user_id", sa.Text(), nullable=False, comment="User whom its secret stands for."),
        sa.Column("secret_sha256", sa.Text(), nullable=False, comment="Hash of the client secret."),
        sa.Column("workflow_id", sa.Text(), nullable=False, comment="Workflow it was made for."),
        sa.Column("workflow_version", sa.Text(), comment="Version of it; null for the current one."),
        sa.Column(
            "state_variables",
            JSONB(),
            nullable=False,
            server_default=sa.text("'{}'"),
            comment="What the back-end gave along for the assistant.",
        ),
        sa.Column(
            "configuration",
            JSONB(),
            nullable=False,
            comment="Titles, files, history and tracing, all defaults resolved.",
        ),
        sa.Column(
            "requests_per_minute", sa.BigInteger(), nullable=False, comment="Most requests in a minute."
        ),
        sa.Column(
            "uploads", sa.BigInteger(), nullable=False, server_default="0", comment="Files uploaded so far."
        ),
        sa.Column(
            "created_at", TIME, nullable=False, server_default=sa.func.now(), comment="When it was made."
        ),
        sa.Column("expires_at", TIME, nullable=False, comment="From when on its secret opens nothing."),
        sa.Column("cancelled_at", TIME, comment="When it was cancelled; null if it was not."),
        sa.UniqueConstraint("secret_sha256", name="sessions_secret_sha256_key"),
        schema=SCHEMA,
        comment="Client secrets that a back-end has had made for its users, for minutes.",
    )
    op.create_index("sessions_expires_at_idx", "sessions", ["expires_at"], schema=SCHEMA)


def downgrade() -> None:
    """Drop them, unless there are sessions."""
    refuse_to_lose("sessions")
    op.drop_table("sessions", schema=SCHEMA)
    op.drop_column("attachments", "max_bytes", schema=SCHEMA)
    with op.get_context().autocommit_block():
        op.drop_index(BY_CREATION, "threads", schema=SCHEMA, if_exists=True, postgresql_concurrently=True)
