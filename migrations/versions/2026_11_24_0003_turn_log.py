"""The log of running turns, and what processes tell each other of a turn."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"

TIME = sa.TIMESTAMP(timezone=True)
COLUMNS = (
    (
        "cancel_requested_at",
        TIME,
        None,
        "When somebody asked another process to stop it; null if nobody has.",
    ),
    ("followed_until", TIME, None, "Until when a reader of another process follows it, if that is renewed."),
    (
        "undelivered",
        sa.Boolean,
        sa.text("false"),
        "Nobody has read it to its end; its request may be repeated.",
    ),
)


def upgrade() -> None:
    """Add the columns, each at no cost for the rows there are, and create the table."""
    for name, kind, default, comment in COLUMNS:
        column = sa.Column(name, kind, nullable=default is None, server_default=default, comment=comment)
        op.add_column("turns", column, schema=SCHEMA)
    op.create_table(
        "turn_events",
        sa.Column("thread_id", sa.Text, nullable=False, comment="Thread."),
        sa.Column("turn_id", sa.Text, nullable=False, comment="Running turn."),
        sa.Column(
            "position", sa.Integer, nullable=False, comment="Place of the first of these events in the turn."
        ),
        sa.Column(
            "frames", sa.Text, nullable=False, comment="Events as they were streamed, one JSON a line."
        ),
        sa.Column("memory", JSONB, comment="What the model shall remember of the turn besides, so far."),
        sa.Column(
            "written_at",
            TIME,
            nullable=False,
            server_default=sa.text("now()"),
            comment="When it was written.",
        ),
        sa.PrimaryKeyConstraint("thread_id", "turn_id", "position", name="turn_events_pkey"),
        sa.ForeignKeyConstraint(
            ["thread_id", "turn_id"],
            [f"{SCHEMA}.turns.thread_id", f"{SCHEMA}.turns.id"],
            ondelete="CASCADE",
            name="turn_events_thread_id_fkey",
        ),
        schema=SCHEMA,
        comment="What running turns have streamed, for other processes; gone when the turn has ended.",
    )


def downgrade() -> None:
    """Drop them: what they hold is of use to running turns only."""
    op.drop_table("turn_events", schema=SCHEMA)
    for name, *_ in COLUMNS:
        op.drop_column("turns", name, schema=SCHEMA)
