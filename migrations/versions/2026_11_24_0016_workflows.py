"""Variables of exported workflows between turns, and questions that no message takes back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from migrations.row_security import BY_THREAD, enable
from migrations.safety import refuse_to_lose

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"

TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Create the table, and add the column to `pauses`: until now any message took a question back."""
    op.create_table(
        "thread_state",
        sa.Column("thread_id", sa.Text, nullable=False, comment="Thread."),
        sa.Column(
            "workflow",
            sa.Text,
            nullable=False,
            comment="Workflow whose variables these are: its id or name.",
        ),
        sa.Column(
            "variables", JSONB, nullable=False, comment="The variables, as the last turn has left them."
        ),
        sa.Column(
            "sessions",
            ARRAY(sa.Text),
            nullable=False,
            server_default="{}",
            comment="Sessions whose variables were laid over these, the newest last.",
        ),
        sa.Column(
            "updated_at", TIME, nullable=False, server_default=sa.text("now()"), comment="When it was saved."
        ),
        sa.PrimaryKeyConstraint("thread_id", "workflow", name="thread_state_pkey"),
        sa.ForeignKeyConstraint(
            ["thread_id"], [f"{SCHEMA}.threads.id"], ondelete="CASCADE", name="thread_state_thread_id_fkey"
        ),
        schema=SCHEMA,
        comment="Variables of exported workflows, kept between the turns of a thread.",
    )
    enable("thread_state", BY_THREAD)
    op.add_column(
        "pauses",
        sa.Column(
            "firm",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="A message that comes instead of the decision is refused.",
        ),
        schema=SCHEMA,
    )


def downgrade() -> None:
    """Drop both; workflows begin with their defaults again."""
    refuse_to_lose("thread_state")
    op.drop_column("pauses", "firm", schema=SCHEMA)
    op.drop_table("thread_state", schema=SCHEMA)
