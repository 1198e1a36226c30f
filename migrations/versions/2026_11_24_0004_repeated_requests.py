"""Indexes that find the turn of a request that comes again, and keep two from running."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"

INDEXES = (
    ("turns_running_fingerprint_key", "fingerprint", True, "status = 'running'"),
    ("turns_undelivered_idx", "thread_id", False, "undelivered"),
    ("turns_undelivered_create_idx", "fingerprint", False, "undelivered and kind = 'threads.create'"),
)


def upgrade() -> None:
    """Build them while turns go on being written; one that an earlier attempt left behind is built anew."""
    with op.get_context().autocommit_block():
        for name, column, unique, where in INDEXES:
            op.drop_index(name, "turns", schema=SCHEMA, if_exists=True, postgresql_concurrently=True)
            op.create_index(
                name,
                "turns",
                [column],
                schema=SCHEMA,
                unique=unique,
                postgresql_where=sa.text(where),
                postgresql_concurrently=True,
            )


def downgrade() -> None:
    """Drop them."""
    with op.get_context().autocommit_block():
        for name, *_ in INDEXES:
            op.drop_index(name, "turns", schema=SCHEMA, if_exists=True, postgresql_concurrently=True)
