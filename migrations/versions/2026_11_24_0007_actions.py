"""Which widget a turn is about, and which actions of widgets were carried out for good."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

from migrations.safety import refuse_to_lose

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"


def upgrade() -> None:
    """Add a column without a default, which rewrites nothing, and a table."""
    op.add_column(
        "turns",
        sa.Column(
            "item_id",
            sa.Text,
            comment="Widget the user clicked in; null where a turn begins otherwise.",
        ),
        schema=SCHEMA,
    )
    op.create_table(
        "consumed_actions",
        sa.Column("thread_id", sa.Text, nullable=False, comment="Thread of the widget."),
        sa.Column("item_id", sa.Text, nullable=False, comment="Widget that the user clicked in."),
        sa.Column("action", sa.Text, nullable=False, comment="Type of the action."),
        sa.Column(
            "created_at",
            TIMESTAMP(timezone=True),
            nullable=False,
            server_default=sa.text("now()"),
            comment="When it was done.",
        ),
        sa.PrimaryKeyConstraint("thread_id", "item_id", "action", name="consumed_actions_pkey"),
        sa.ForeignKeyConstraint(
            ["thread_id", "item_id"],
            [f"{SCHEMA}.thread_items.thread_id", f"{SCHEMA}.thread_items.id"],
            name="consumed_actions_thread_id_fkey",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
        comment="Actions of widgets that run once and have.",
    )


def downgrade() -> None:
    """Drop both."""
    refuse_to_lose("consumed_actions")
    op.drop_table("consumed_actions", schema=SCHEMA)
    op.drop_column("turns", "item_id", schema=SCHEMA)
