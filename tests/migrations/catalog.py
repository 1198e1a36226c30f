"""A schema as PostgreSQL's own catalog describes it, for comparison."""

import asyncpg

OURS = "c.relname <> 'alembic_version'"

QUERIES = {
    "columns": """
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid), a.attidentity
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = 'chatkit'::regnamespace and c.relkind = 'r' and {ours}
            and a.attnum > 0 and not a.attisdropped
    """,
    "order of columns": """
        select c.relname, array_agg(a.attname order by a.attnum)
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'chatkit'::regnamespace and c.relkind = 'r' and {ours}
            and a.attnum > 0 and not a.attisdropped
        group by c.relname
    """,
    "constraints": """
        select c.relname, k.conname, pg_get_constraintdef(k.oid)
        from pg_constraint k join pg_class c on c.oid = k.conrelid
        where k.connamespace = 'chatkit'::regnamespace and k.contype <> 'n' and {ours}
    """,
    "indexes": """
        select tablename, indexname, indexdef from pg_indexes
        where schemaname = 'chatkit' and tablename <> 'alembic_version'
    """,
    "comments": """
        select c.relname, a.attname, d.description
        from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass
        left join pg_attribute a on a.attrelid = d.objoid and a.attnum = nullif(d.objsubid, 0)
        where c.relnamespace = 'chatkit'::regnamespace and c.relkind = 'r' and {ours}
    """,
}

UNCOMMENTED = """
    select c.relname || coalesce('.' || a.attname, '')
    from pg_class c
    join lateral (
        select null::name as attname, 0 as attnum
        union all
        select attname, attnum from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
    ) a on true
    where c.relnamespace = 'chatkit'::regnamespace and c.relkind in ('r', 'v', 'm', 'p')
        and not exists (
            select from pg_description d
            where d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = a.attnum
        )
"""
"""Names every table, view and column of ours that has no comment."""


async def describe(url: str) -> dict[str, list[str]]:
    """Return what `url` holds in our schema, Alembic's own table aside."""
    connection = await asyncpg.connect(url)
    try:
        return {
            name: sorted(str(tuple(row)) for row in await connection.fetch(query.format(ours=OURS)))
            for name, query in QUERIES.items()
        }
    finally:
        await connection.close()
