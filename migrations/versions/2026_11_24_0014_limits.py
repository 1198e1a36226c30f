"""What each caller has had of their share: requests, tokens, bytes."""

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"


def upgrade() -> None:
    """Create the table, unlogged: it is written at every request, and is no loss in a crash."""
    op.create_table(
        "limit_counters",
        sa.Column("key", sa.Text(), primary_key=True, comment="What is counted, and a hash of whose it is."),
        sa.Column("used", sa.BigInteger(), nullable=False, comment="Requests, tokens or bytes so far."),
        sa.Column(
            "ends_at", sa.TIMESTAMP(timezone=True), nullable=False, comment="When the count begins anew."
        ),
        schema=SCHEMA,
        prefixes=["UNLOGGED"],
        # Half of each page is left for new versions of its rows, so that no index has to follow them.
        postgresql_with={"fillfactor": 50},
        comment="How much of its share each caller has had; rows are removed when their time is over.",
    )


def downgrade() -> None:
    """Drop it; every count begins anew."""
    op.drop_table("limit_counters", schema=SCHEMA)
