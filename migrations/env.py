"""How Alembic reaches the database: over the connection it is handed, or by hand over one of its own."""

import asyncio
import logging

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, text

from app.db.migrate import LOCK_TIMEOUT, STATEMENT_TIMEOUT, migration_connection
from app.db.opening import located
from app.db.tables import SCHEMA, metadata
from app.errors import ConfigurationError
from app.settings import Settings, load_settings
from migrations.grants import GRANTS

CREATE_SCHEMA = f"create schema if not exists {SCHEMA}"


def run(connection: Connection) -> None:
    """Run what the command asks for over `connection`, one transaction a revision."""
    # "if not exists" would demand the right to create it even where it exists.
    if connection.scalar(text("select to_regnamespace(:schema)"), {"schema": SCHEMA}) is None:
        connection.execute(text(CREATE_SCHEMA))
    connection.execute(text(GRANTS))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_name=_is_ours,
        version_table_schema=SCHEMA,
        transaction_per_migration=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text(GRANTS))
    connection.commit()


def print_sql() -> None:
    """Write the SQL of the migrations instead of running it (`--sql`)."""
    context.configure(
        dialect_name="postgresql",
        target_metadata=metadata,
        version_table_schema=SCHEMA,
        transaction_per_migration=True,
        literal_binds=True,
    )
    context.execute(f"set lock_timeout = '{LOCK_TIMEOUT}'")
    context.execute(f"set statement_timeout = '{STATEMENT_TIMEOUT}'")
    context.execute(CREATE_SCHEMA)
    context.execute(GRANTS)
    with context.begin_transaction():
        context.run_migrations()
    context.execute(GRANTS)


async def run_by_hand() -> None:
    """Find the database as the server would, as its owner, and run."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    url = context.get_x_argument(as_dictionary=True).get("url")
    try:
        async with located(_settings(url)) as place, migration_connection(place.owner_url) as connection:
            await connection.run_sync(run)
    except ConfigurationError as error:
        raise CommandError(str(error)) from error


def _settings(url: str | None) -> Settings:
    return load_settings(database_url=url, migration_database_url=url)


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    return name == SCHEMA if kind == "schema" else True


if context.is_offline_mode():
    print_sql()
elif (handed := context.config.attributes.get("connection")) is not None:
    run(handed)
else:
    asyncio.run(run_by_hand())
