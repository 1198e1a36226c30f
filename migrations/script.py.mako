"""${message}."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision: str = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels: Sequence[str] | None = ${repr(branch_labels)}
depends_on: Sequence[str] | None = ${repr(depends_on)}


def upgrade() -> None:
    """State what changes, and why."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Undo it; `refuse_to_lose` what cannot be brought back."""
    ${downgrades if downgrades else "pass"}
