"""Row-level security of a table, for the migration that makes it: `enable(table, BY_USER)`, or `IN_THREAD`.

A session that has not said `chatkit.row_security` = on sees every row that its role may: `psql`, and a
release of the server from before there were any policies. One that has sees rows of those that its
transaction acts for.

The owner of a table is exempt from its policies, so they hold where the application has a role of its own.
"""

from alembic import op

BY_USER = "coalesce({table}.user_id = any ((select chatkit.acts_for())::text[]), true)"
"""For a table with the owner in its rows."""

IN_THREAD = """\
{table}.thread_id = (select chatkit.seen_thread())
    or coalesce(current_setting('chatkit.row_security', true), '') <> 'on'
    or current_setting('chatkit.acts_for', true) = 'everyone'
    or chatkit.sees({table}.thread_id)"""
"""For a table of what hangs off a thread, which has a policy itself.

The thread that a statement names is looked up once, any other for each row. One subquery and no more, as each
costs every statement some microseconds for each time that it names the table. Since revision 0018.
"""

BY_THREAD = """\
(select chatkit.acts_for()) is null
    or {table}.thread_id = (
        select threads.id from chatkit.threads where threads.id = current_setting('chatkit.thread', true)
    )
    or (select true from chatkit.threads where threads.id = {table}.thread_id)
    or chatkit.is_new_thread({table}.thread_id)"""
"""The same as it was before.

One statement stores a thread and what belongs to it, and does not see the thread yet; what belongs to it is
then as good as it is.
"""

ENABLE = """\
do $$
begin
    drop policy if exists by_owner on chatkit.{table};
    create policy by_owner on chatkit.{table} using ({condition});
    comment on policy by_owner on chatkit.{table} is 'Rows of those that the transaction acts for.';
    alter table chatkit.{table} enable row level security;
end
$$"""

DISABLE = """\
do $$
begin
    alter table chatkit.{table} disable row level security;
    drop policy if exists by_owner on chatkit.{table};
end
$$"""


def enable(table: str, condition: str) -> None:
    """Have `table` show rows by `condition`; once more does no harm."""
    op.execute(ENABLE.format(table=table, condition=condition.format(table=table)))


def disable(table: str) -> None:
    """Have `table` show every row."""
    op.execute(DISABLE.format(table=table))
