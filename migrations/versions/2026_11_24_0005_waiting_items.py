"""An index that finds the item of a thread that waits for an answer from the page."""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"
NAME = "thread_items_waiting_idx"


def upgrade() -> None:
    """Build it while items go on being written; one that an earlier attempt left behind is built anew."""
    with op.get_context().autocommit_block():
        op.drop_index(NAME, "thread_items", schema=SCHEMA, if_exists=True, postgresql_concurrently=True)
        op.create_index(
            NAME,
            "thread_items",
            ["thread_id"],
            schema=SCHEMA,
            postgresql_where=sa.text(
                "type in ('client_tool_call', 'structured_input') and payload ->> 'status' = 'pending'"
            ),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    """Drop it."""
    with op.get_context().autocommit_block():
        op.drop_index(NAME, "thread_items", schema=SCHEMA, if_exists=True, postgresql_concurrently=True)
