"""The views that people read: `admin_threads` and `admin_messages`."""

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

ADMIN_THREADS = """
create view chatkit.admin_threads as
select
    t.id,
    t.user_id,
    t.title,
    t.status,
    t.status_reason,
    t.created_at,
    t.updated_at,
    (select count(*) from chatkit.thread_items i where i.thread_id = t.id and not i.hidden) as items,
    (
        select left(i.text, 200)
        from chatkit.thread_items i
        where i.thread_id = t.id and i.role is not null and not i.hidden
        order by i.seq desc
        limit 1
    ) as last_message,
    (select r.id from chatkit.turns r where r.thread_id = t.id and r.status = 'running') as running_turn
from chatkit.threads t
"""

ADMIN_MESSAGES = """
create view chatkit.admin_messages as
select
    i.thread_id,
    i.seq,
    i.id,
    t.user_id,
    i.created_at,
    i.role,
    i.type,
    i.text,
    i.hidden,
    i.turn_id,
    r.status as turn_status,
    r.model,
    r.error
from chatkit.thread_items i
join chatkit.threads t on t.id = i.thread_id
left join chatkit.turns r on r.thread_id = i.thread_id and r.id = i.turn_id
"""

COMMENTS = {
    "admin_threads": {
        "": "One line per thread, for people: select * from admin_threads order by updated_at desc limit 20.",
        "id": "Id of the thread.",
        "user_id": "Owner.",
        "title": "Title shown in the history; null until one is written.",
        "status": "active, locked or closed.",
        "status_reason": "Why it is locked or closed, as shown to the user.",
        "created_at": "When it was created.",
        "updated_at": "Last activity.",
        "items": "Number of items that are not hidden.",
        "last_message": "The first 200 characters of the last message.",
        "running_turn": "Turn that is being answered; null when idle.",
    },
    "admin_messages": {
        "": "One line per item, for people: select * from admin_messages where thread_id = '…' order by seq.",
        "thread_id": "Thread.",
        "seq": "Place in the thread.",
        "id": "Id of the item.",
        "user_id": "Owner of the thread.",
        "created_at": "When the item began.",
        "role": "user or assistant for messages, else null.",
        "type": "Item type as in the ChatKit protocol.",
        "text": "What a person reads of the item.",
        "hidden": "Never leaves the server.",
        "turn_id": "Turn that wrote the item; null for imported ones.",
        "turn_status": "running, done, cancelled, failed or interrupted.",
        "model": "Model that answered.",
        "error": "Code of the failure, for turn status failed.",
    },
}


def upgrade() -> None:
    """Create the views, with a comment on each of their columns."""
    op.execute(ADMIN_THREADS)
    op.execute(ADMIN_MESSAGES)
    for view, comments in COMMENTS.items():
        for column, comment in comments.items():
            target = f"column chatkit.{view}.{column}" if column else f"view chatkit.{view}"
            literal = comment.replace("'", "''")
            op.execute(f"comment on {target} is '{literal}'")


def downgrade() -> None:
    """Drop the views; they hold no data."""
    op.execute("drop view chatkit.admin_messages")
    op.execute("drop view chatkit.admin_threads")
