"""Runs that wait until the user has approved tool calls, and a view of them for people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

SCHEMA = "chatkit"

TIME = sa.TIMESTAMP(timezone=True)

ADMIN_APPROVALS = """
create view chatkit.admin_approvals as
select
    p.thread_id,
    p.item_id,
    c.number as call,
    t.user_id,
    c.value ->> 'tool' as tool,
    c.value ->> 'server' as server,
    c.value ->> 'arguments' as arguments,
    case
        when p.decided_at is null then 'waiting'
        when p.decisions ->> (c.value ->> 'question') = 'true' then 'approved'
        else 'refused'
    end as status,
    p.created_at as asked_at,
    p.decided_at,
    p.turn_id,
    p.decided_turn_id,
    r.status as turn_status
from chatkit.pauses p
join chatkit.threads t on t.id = p.thread_id
cross join lateral jsonb_array_elements(p.calls) with ordinality as c (value, number)
left join chatkit.turns r on r.thread_id = p.thread_id and r.id = p.decided_turn_id
"""

COMMENTS = {
    "": "One line per tool call that a user was asked to approve, for people: "
    "select * from admin_approvals where status = 'waiting' order by asked_at.",
    "thread_id": "Thread.",
    "item_id": "Item that asks the user.",
    "call": "Number of the call in the item.",
    "user_id": "Owner of the thread, who decides.",
    "tool": "Name of the tool.",
    "server": "Label of the MCP server that has the tool; null for tools that run here.",
    "arguments": "Arguments as the model gave them.",
    "status": "waiting, approved or refused.",
    "asked_at": "When it was asked.",
    "decided_at": "When it was decided; null while it waits.",
    "turn_id": "Turn that asked.",
    "decided_turn_id": "Turn that went on with the decision; null where none did.",
    "turn_status": "What became of that turn: done, or interrupted where the call may or may not have run.",
}


def upgrade() -> None:
    """Create the table and the view, with a comment on each column."""
    op.create_table(
        "pauses",
        sa.Column("thread_id", sa.Text, nullable=False, comment="Thread."),
        sa.Column("item_id", sa.Text, nullable=False, comment="Item that asks the user."),
        sa.Column("turn_id", sa.Text, nullable=False, comment="Turn that asked."),
        sa.Column(
            "calls",
            JSONB,
            nullable=False,
            comment="Tool calls that wait: for each its question in the item, tool, arguments and kind.",
        ),
        sa.Column("state", JSONB, comment="The run as the Agents SDK saves it; null once decided."),
        sa.Column(
            "state_version", sa.Text, nullable=False, comment="Version of the Agents SDK's form of a run."
        ),
        sa.Column(
            "history_end",
            sa.BigInteger,
            comment="Place of the transcript up to which it was sent and state leaves it out; or null.",
        ),
        sa.Column(
            "created_at", TIME, nullable=False, server_default=sa.text("now()"), comment="When it was asked."
        ),
        sa.Column("decided_at", TIME, comment="When it was decided; null while it waits."),
        sa.Column(
            "decisions", JSONB, comment="By question, whether the call was approved; null while it waits."
        ),
        sa.Column(
            "decided_turn_id", sa.Text, comment="Turn that goes on with the decision; null where none does."
        ),
        sa.PrimaryKeyConstraint("thread_id", "item_id", name="pauses_pkey"),
        sa.ForeignKeyConstraint(
            ["thread_id", "item_id"],
            [f"{SCHEMA}.thread_items.thread_id", f"{SCHEMA}.thread_items.id"],
            ondelete="CASCADE",
            name="pauses_thread_id_fkey",
        ),
        schema=SCHEMA,
        comment="Runs that wait until the user has approved or refused tool calls; each is decided once.",
    )
    op.create_index(
        "pauses_undecided_idx",
        "pauses",
        ["created_at"],
        schema=SCHEMA,
        postgresql_where=sa.text("decided_at is null"),
    )
    op.execute(ADMIN_APPROVALS)
    for column, comment in COMMENTS.items():
        target = f"column chatkit.admin_approvals.{column}" if column else "view chatkit.admin_approvals"
        literal = comment.replace("'", "''")
        op.execute(f"comment on {target} is '{literal}'")


def downgrade() -> None:
    """Drop both; runs that wait cannot go on any more."""
    op.execute("drop view chatkit.admin_approvals")
    op.drop_table("pauses", schema=SCHEMA)
