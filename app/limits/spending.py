"""Tokens that a user's answers have cost, written down in the statement that ends an answer.

Not read from `turns`, which a user empties by deleting their threads.
"""

import math
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.db.tables import limit_counters
from app.ids import UserId
from app.limits.keys import key

DAY = 86_400.0

_KEY = sa.bindparam("spent_key", type_=sa.Text())
_TOKENS = sa.bindparam("spent_tokens", type_=sa.BigInteger())


def spending(condition: sa.ColumnElement[bool]) -> Any:
    """Return the statement that adds tokens to a user's count of the day, where `condition` holds."""
    counters = limit_counters
    row = sa.select(_KEY, _TOKENS, sa.func.now() + sa.text("interval '1 day'")).where(_TOKENS > 0, condition)
    insert = postgresql.insert(counters).from_select(["key", "used", "ends_at"], row)
    is_over = counters.c.ends_at <= sa.func.now()
    return insert.on_conflict_do_update(
        index_elements=[counters.c.key],
        set_={
            "used": sa.case((is_over, insert.excluded.used), else_=counters.c.used + insert.excluded.used),
            "ends_at": sa.case((is_over, insert.excluded.ends_at), else_=counters.c.ends_at),
        },
    )


def spending_values(user_id: UserId, tokens: int) -> dict[str, object]:
    """Return its parameters."""
    return {"spent_key": tokens_key(user_id), "spent_tokens": tokens}


def tokens_key(user_id: UserId) -> str:
    """Return the key of a user's count of tokens."""
    return key("tokens", f"user {user_id}")


def hours(seconds: float) -> int:
    """Return in how many hours it is over at the latest, for a sentence."""
    return max(1, math.ceil(seconds / 3600))
