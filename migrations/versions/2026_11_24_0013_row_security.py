"""A second wall between users: row-level security by whom a transaction says that it acts for."""

from alembic import op

from migrations.row_security import BY_THREAD, BY_USER, disable, enable

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = {
    "threads": BY_USER,
    "thread_items": BY_THREAD,
    "transcript_items": BY_THREAD,
    "turns": BY_THREAD,
    "turn_events": BY_THREAD,
    "pauses": BY_THREAD,
    "consumed_actions": BY_THREAD,
    "feedback": BY_USER,
    "attachments": BY_USER,
    "blob_removals": BY_USER,
    "sessions": BY_USER,
}

# The checks are there for what they do: a value of such a type comes in before its statement runs.
DOMAINS = {
    "owner": (
        "set_config('chatkit.acts_for', array[value]::text, true)",
        "The one user that a statement acts for: a value lets the transaction see rows of theirs.",
    ),
    "owners": (
        "set_config('chatkit.acts_for', coalesce(value, '{}'), true)",
        "The users, as an array, that a statement acts for: a value lets the transaction see their rows.",
    ),
    "thread": (
        "set_config('chatkit.thread', coalesce(value, ''), true)",
        "The thread that a statement is about: a value has its owner looked up once, not for each row.",
    ),
    "everyone": (
        "set_config('chatkit.acts_for', 'everyone', true)",
        "Why a statement acts for all users: a value lets the transaction see every row.",
    ),
}

DOMAIN = """\
do $$
begin
    if to_regtype('chatkit.{name}') is null then
        create domain chatkit.{name} as text check ({check} is not null);
    end if;
    comment on domain chatkit.{name} is '{comment}';
end
$$"""

ACTS_FOR = """\
create or replace function chatkit.acts_for() returns text[] language sql stable parallel safe as $$
    select case
        when coalesce(current_setting('chatkit.row_security', true), '') <> 'on' then null
        when current_setting('chatkit.acts_for', true) = 'everyone' then null
        else coalesce(nullif(current_setting('chatkit.acts_for', true), ''), '{}')::text[]
    end
$$
"""

IS_NEW_THREAD = """\
create or replace function chatkit.is_new_thread(thread_id text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
    acted_for text := current_setting('chatkit.acts_for', true);
    is_new boolean;
begin
    -- For the owner of the tables, where policies are forced on it.
    perform set_config('chatkit.acts_for', 'everyone', true);
    is_new := not exists (select from chatkit.threads where threads.id = $1);
    perform set_config('chatkit.acts_for', coalesce(acted_for, ''), true);
    return is_new;
end
$$
"""

FUNCTIONS = (
    ACTS_FOR,
    "comment on function chatkit.acts_for() is 'Users whose rows this transaction may see; null: all.'",
    IS_NEW_THREAD,
    "comment on function chatkit.is_new_thread(text) is 'Whether a thread is not there yet, of anyone.'",
)


def upgrade() -> None:
    """Add types and functions, then policies table by table: no lock is held while another is awaited."""
    with op.get_context().autocommit_block():
        for name, (check, comment) in DOMAINS.items():
            op.execute(DOMAIN.format(name=name, check=check, comment=comment))
        for statement in FUNCTIONS:
            op.execute(statement)
        for table, condition in TABLES.items():
            enable(table, condition)


def downgrade() -> None:
    """Drop them; no row goes."""
    for table in TABLES:
        disable(table)
    op.execute("drop function chatkit.is_new_thread(text), chatkit.acts_for()")
    op.execute(f"drop domain {', '.join(f'chatkit.{name}' for name in DOMAINS)}")
