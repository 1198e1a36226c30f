"""Files of users: forms of an image, the item a file belongs to, and bytes that are to be removed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.safety import refuse_to_lose

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"

REMOVE_BLOB = """\
create function chatkit.remove_blob() returns trigger language plpgsql as $$
begin
    insert into chatkit.blob_removals (key, user_id, due_at)
    values (
        old.blob_key,
        old.user_id,
        -- What is still being written cannot be removed yet.
        case old.state when 'pending' then now() + interval '15 minutes' else now() end
    )
    on conflict (key) do nothing;
    return null;
end
$$
"""

AFTER_DELETE = """\
create trigger attachments_remove_blob after delete on chatkit.attachments
for each row when (old.blob_key is not null) execute function chatkit.remove_blob()
"""

SIZE, SIZE_BEFORE = (
    "Bytes stored, or announced while they are not in.",
    "Bytes stored; null until they are in.",
)


def upgrade() -> None:
    """Add the columns, and a table that a trigger fills: whatever deletes a row, its bytes go as well."""
    op.add_column(
        "attachments",
        sa.Column("item_id", sa.Text(), comment="Item of the thread it belongs to; null until it is sent."),
        schema=SCHEMA,
    )
    op.add_column(
        "attachments",
        sa.Column(
            "renditions",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            server_default="{}",
            comment="Smaller forms of an image that are kept beside it: preview, model.",
        ),
        schema=SCHEMA,
    )
    op.alter_column(
        "attachments",
        "size",
        schema=SCHEMA,
        existing_type=sa.BigInteger(),
        existing_nullable=True,
        existing_comment=SIZE_BEFORE,
        comment=SIZE,
    )
    _note_removals()
    with op.get_context().autocommit_block():
        op.drop_index(
            "attachments_expires_at_idx",
            "attachments",
            schema=SCHEMA,
            if_exists=True,
            postgresql_concurrently=True,
        )
        op.create_index(
            "attachments_expires_at_idx",
            "attachments",
            ["expires_at"],
            schema=SCHEMA,
            postgresql_where=sa.text("expires_at is not null"),
            postgresql_concurrently=True,
        )


def _note_removals() -> None:
    op.create_table(
        "blob_removals",
        sa.Column("key", sa.Text(), primary_key=True, comment="Where the bytes are."),
        sa.Column("user_id", sa.Text(), nullable=False, comment="Whose file it was."),
        sa.Column(
            "due_at",
            sa.TIMESTAMP(timezone=True),
            nullable=False,
            server_default=sa.func.now(),
            comment="When to try next.",
        ),
        sa.Column(
            "attempts", sa.Integer(), nullable=False, server_default="0", comment="How often it was tried."
        ),
        schema=SCHEMA,
        comment="Bytes of files whose record is gone, until they are gone as well.",
    )
    op.create_index("blob_removals_due_at_idx", "blob_removals", ["due_at"], schema=SCHEMA)
    op.execute(REMOVE_BLOB)
    op.execute(AFTER_DELETE)


def downgrade() -> None:
    """Drop them, unless bytes wait to be removed."""
    refuse_to_lose("blob_removals")
    op.drop_index("attachments_expires_at_idx", "attachments", schema=SCHEMA)
    op.execute("drop trigger attachments_remove_blob on chatkit.attachments")
    op.execute("drop function chatkit.remove_blob()")
    op.drop_table("blob_removals", schema=SCHEMA)
    op.alter_column(
        "attachments",
        "size",
        schema=SCHEMA,
        existing_type=sa.BigInteger(),
        existing_nullable=True,
        existing_comment=SIZE,
        comment=SIZE_BEFORE,
    )
    op.drop_column("attachments", "renditions", schema=SCHEMA)
    op.drop_column("attachments", "item_id", schema=SCHEMA)
