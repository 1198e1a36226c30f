"""The schema that all tables stand in, and how their constraints are called."""

from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql import TIMESTAMP

SCHEMA = "chatkit"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    },
)

TIME = TIMESTAMP(timezone=True)
