"""What a downgrade must ask before it drops something."""

import sqlalchemy as sa
from alembic import context, op
from alembic.util import CommandError

SCHEMA = "chatkit"


def refuse_to_lose(*tables: str) -> None:
    """Raise `CommandError` where one of `tables` has rows, unless the command says `-x force=true`."""
    if context.is_offline_mode() or context.get_x_argument(as_dictionary=True).get("force") == "true":
        return
    connection = op.get_bind()
    for table in tables:
        if connection.scalar(sa.text(f"select exists (select from {SCHEMA}.{table})")):  # noqa: S608
            raise CommandError(
                f"This downgrade would lose the rows of {SCHEMA}.{table}, so nothing was changed. "
                "Take a backup, then repeat it with `alembic -x force=true downgrade …`."
            )
