"""The rows of `limit_counters`: one statement for all counts that a request takes from.

The table is not logged: a crash of the database empties it, and every count begins anew. It holds no name of
anybody, as keys are hashes.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.engine import Database, Executes
from app.errors import Unavailable
from app.limits.windows import Charge

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0

# In the order of the keys, so that no two statements ever wait for each other. What does not fit changes
# no row.
_TAKE = sa.text(
    """
    with asked as (
        select * from unnest(:keys, :costs, :mosts, :lengths) as a (key, cost, most, seconds)
    ),
    taken as (
        insert into chatkit.limit_counters as c (key, used, ends_at)
        select key, cost, now() + seconds * interval '1 second'
        from asked where cost <= most order by key
        on conflict (key) do update set
            used = case when c.ends_at <= now() then excluded.used else c.used + excluded.used end,
            ends_at = case when c.ends_at <= now() then excluded.ends_at else c.ends_at end
        where c.ends_at <= now()
            or c.used + excluded.used <= (select a.most from asked a where a.key = excluded.key)
        returning c.key, c.used, c.ends_at
    )
    select
        a.key,
        t.key is not null as passed,
        coalesce(t.used, c.used, a.most) as used,
        coalesce(extract(epoch from coalesce(t.ends_at, c.ends_at) - now())::float8, a.seconds)
            as seconds_left
    from asked a
    left join taken t on t.key = a.key
    left join chatkit.limit_counters c on c.key = a.key
    """
).bindparams(
    sa.bindparam("keys", type_=ARRAY(sa.Text())),
    sa.bindparam("costs", type_=ARRAY(sa.BigInteger())),
    sa.bindparam("mosts", type_=ARRAY(sa.BigInteger())),
    sa.bindparam("lengths", type_=ARRAY(sa.Double())),
)
_GIVE_BACK = sa.text(
    """
    update chatkit.limit_counters set used = greatest(0, used - :amount)
    where key = :key and ends_at > now()
    """
).bindparams(sa.bindparam("amount", type_=sa.BigInteger()), sa.bindparam("key", type_=sa.Text()))
_FORGET = sa.text("delete from chatkit.limit_counters where key = any(:keys)").bindparams(
    sa.bindparam("keys", type_=ARRAY(sa.Text()))
)
_SWEEP = sa.text("delete from chatkit.limit_counters where ends_at < now()")


@dataclass(frozen=True, slots=True)
class Count:
    """A count after a request has taken from it, or could not."""

    passed: bool
    used: int
    seconds_left: float


async def take(database: Executes, charges: Sequence[Charge]) -> dict[str, Count]:
    """Take from each count what fits; return all of them by key."""
    parameters = {
        "keys": [charge.key for charge in charges],
        "costs": [charge.cost for charge in charges],
        "mosts": [charge.most for charge in charges],
        "lengths": [charge.seconds for charge in charges],
    }
    rows = await database.execute(_TAKE, parameters)
    return {row.key: Count(row.passed, row.used, max(0.0, row.seconds_left)) for row in rows}


async def give_back(database: Executes, charge: Charge, amount: int) -> None:
    """Take back what was counted and not used."""
    await database.execute(_GIVE_BACK, {"key": charge.key, "amount": amount})


async def forget(database: Executes, keys: Iterable[str]) -> None:
    """Remove counts, as if nothing had been asked for."""
    await database.execute(_FORGET, {"keys": list(keys)})


async def sweep(database: Database) -> None:
    """Remove, for as long as the server runs, counts whose time is over."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            await database.execute(_SWEEP)
        except Unavailable:
            logger.debug("counts that are over are removed later")
