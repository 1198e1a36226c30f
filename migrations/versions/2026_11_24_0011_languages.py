"""The language in which the server speaks of a turn, known to whichever process closes it."""

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"


def upgrade() -> None:
    """Add it; turns that are there were spoken of in English."""
    op.add_column(
        "turns",
        sa.Column(
            "language",
            sa.Text(),
            nullable=False,
            server_default=sa.text("'en'"),
            comment="In which the server speaks to whoever asked for it.",
        ),
        schema=SCHEMA,
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("turns", "language", schema=SCHEMA)
