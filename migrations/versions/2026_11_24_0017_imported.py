"""Threads that were moved in from elsewhere: the JSON they came as, and a note of each import."""

import sqlalchemy as sa
from alembic import op

from migrations.row_security import BY_USER, enable
from migrations.safety import refuse_to_lose

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"

RAW_THREAD = "The thread as the API it was imported from sent it, to the character; null: not imported."
RAW_ITEM = "The item as the API it was imported from sent it, to the character; null: not imported."


def upgrade() -> None:
    """Add the columns and the table. The note outlives its thread and holds nothing that anybody has said."""
    op.add_column("threads", sa.Column("raw", sa.Text(), comment=RAW_THREAD), schema=SCHEMA)
    op.add_column("thread_items", sa.Column("raw", sa.Text(), comment=RAW_ITEM), schema=SCHEMA)
    op.create_table(
        "imported_threads",
        sa.Column("thread_id", sa.Text(), primary_key=True, comment="Thread, which may be deleted since."),
        sa.Column("user_id", sa.Text(), nullable=False, comment="For whom it was imported."),
        sa.Column(
            "content_sha256", sa.Text(), nullable=False, comment="Hash of all that was imported of it."
        ),
        sa.Column(
            "language", sa.Text(), nullable=False, comment="In which the notes among its items are written."
        ),
        sa.Column("item_count", sa.Integer(), nullable=False, comment="How many items were imported."),
        sa.Column(
            "last_seq", sa.BigInteger(), nullable=False, comment="Last place that the import has given out."
        ),
        sa.Column(
            "imported_at",
            sa.TIMESTAMP(timezone=True),
            nullable=False,
            server_default=sa.text("now()"),
            comment="When it was last written by an import.",
        ),
        schema=SCHEMA,
        comment="Threads that were imported, so that a repetition changes nothing that has happened since.",
    )
    enable("imported_threads", BY_USER)


def downgrade() -> None:
    """Drop them, unless something was imported."""
    refuse_to_lose("imported_threads")
    op.drop_table("imported_threads", schema=SCHEMA)
    op.drop_column("thread_items", "raw", schema=SCHEMA)
    op.drop_column("threads", "raw", schema=SCHEMA)
