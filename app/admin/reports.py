"""What the commands print: for people, at most 100 columns wide, or as JSON.

Whose threads were looked at is recorded before anything of them is returned.
"""

import json
import shutil
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.admin.feedback import VoteFilter, votes
from app.admin.queries import ThreadFilter, list_approvals, list_threads, show_thread
from app.admin.records import (
    ApprovalRecord,
    ItemRecord,
    Match,
    ThreadDetails,
    ThreadRecord,
    TurnRecord,
)
from app.admin.scan import SECONDS
from app.admin.search import search
from app.admin.terminal import one_line, one_line_of, paragraphs
from app.audit import Actor, entries_by_user, record
from app.db.engine import Database

NARROWEST, WIDEST = 80, 100
GIVEN_UP = "Only what was written last was read, as there is much: whole words are found everywhere."


async def report_threads(
    database: Database,
    actor: Actor,
    wanted: ThreadFilter,
    *,
    limit: int,
    after: str | None,
    as_json: bool,
) -> str:
    """Return a page of threads."""
    async with database.autocommit() as connection:
        page = await list_threads(connection, wanted, limit=limit, after=after)
        shown = [(thread.user_id, thread.id) for thread in page.threads]
        await record(connection, actor, entries_by_user("threads.list", shown, wanted.user_id))
    if as_json:
        return _json(page)
    if not page.threads:
        return "No threads."
    lines = [f"{'THREAD':36}  {'LAST ACTIVITY':16}  {'ITEMS':>6}  STATUS"]
    lines += [_thread_lines(thread) for thread in page.threads]
    if page.after:
        lines.append(f"More: --after {page.after}")
    return "\n".join(lines)


async def report_thread(
    database: Database, actor: Actor, thread_id: str, *, items: int, as_json: bool
) -> str:
    """Return a thread with its items and turns; raise `NotFound` if there is none."""
    async with database.autocommit() as connection:
        details = await show_thread(connection, thread_id, items=items)
        shown = [(details.thread.user_id, details.thread.id)]
        await record(connection, actor, entries_by_user("threads.read", shown))
    if as_json:
        return _json(details)
    return "\n".join(_detail_lines(details))


async def report_matches(
    database: Database,
    actor: Actor,
    query: str,
    *,
    limit: int,
    user_id: str | None,
    since: datetime | None,
    as_json: bool,
    seconds: float = SECONDS,
) -> str:
    """Return the items that say `query`."""
    async with database.autocommit() as connection:
        found = await search(connection, query, limit=limit, user_id=user_id, since=since, seconds=seconds)
        shown = [(match.user_id, match.thread_id) for match in found.matches]
        await record(connection, actor, entries_by_user("threads.search", shown, user_id))
    if as_json:
        return _json(found)
    given_up = [] if found.whole else [GIVEN_UP]
    if not found.matches:
        return "\n".join(["Nothing found.", *given_up])
    lines = ["No item has these words; these have the text in it:"] if found.matched_by == "substring" else []
    lines += [_match_lines(match) for match in found.matches]
    if found.more:
        lines.append("There are more: ask for more with --limit, or more exactly.")
    return "\n".join(lines + given_up)


async def report_votes(database: Database, actor: Actor, wanted: VoteFilter) -> AsyncIterator[str]:
    """Yield each vote as one line of JSON; recorded page by page."""
    after, is_over = None, False
    while not is_over:
        async with database.autocommit() as connection:
            page, after = await votes(connection, wanted, after)
            shown = [(vote.user_id, vote.thread_id) for vote in page]
            await record(connection, actor, entries_by_user("feedback.export", shown, wanted.user_id))
        is_over = after is None
        for vote in page:
            told = asdict(vote) | {"trace_id": vote.trace_id, "group_id": vote.thread_id}
            yield json.dumps(told, default=datetime.isoformat)


async def report_approvals(
    database: Database, actor: Actor, wanted: ThreadFilter, *, limit: int, as_json: bool
) -> str:
    """Return tool calls that users were asked to approve."""
    async with database.autocommit() as connection:
        found = await list_approvals(connection, wanted, limit=limit)
        shown = [(approval.user_id, approval.thread_id) for approval in found.approvals]
        await record(connection, actor, entries_by_user("approvals.list", shown, wanted.user_id))
    if as_json:
        return _json(found)
    if not found.approvals:
        return "No approvals."
    lines = [line for approval in found.approvals for line in _approval_lines(approval)]
    if found.more:
        lines.append("There are more: ask for more with --limit.")
    return "\n".join(lines)


def _detail_lines(details: ThreadDetails) -> Iterable[str]:
    thread = details.thread
    about = {
        "thread": thread.id,
        "user": thread.user_id,
        "title": thread.title or "none",
        "status": thread.status + (f": {thread.status_reason}" if thread.status_reason else ""),
        "created": _time(thread.created_at),
        "last activity": _time(thread.updated_at),
        "items": str(thread.items),
    }
    yield from (f"{name:15}{one_line(value, _width() - 15)}" for name, value in about.items())
    if details.earlier:
        yield f"\n… {details.earlier} more before these; --items shows more"
    for item in details.items:
        yield ""
        yield from _item_lines(item)
    if details.turns:
        yield "\nTURNS"
        yield from (_turn_lines(turn) for turn in details.turns)


def _thread_lines(thread: ThreadRecord) -> str:
    status = f"{thread.status}, answering" if thread.running_turn else thread.status
    first = f"{_id(thread.id)}  {_time(thread.updated_at):16}  {thread.items:>6}  {status}"
    title = thread.title or thread.last_message or "no title"
    return f"{first}\n  {one_line(f'{one_line(thread.user_id, 40)} · {title}', _width() - 2)}"


def _item_lines(item: ItemRecord) -> Iterable[str]:
    who = item.role or item.type
    notes = [who, "hidden"] if item.hidden else [who]
    if item.turn_status not in (None, "done"):
        notes.append(f"turn {item.turn_status}" + (f" ({item.error})" if item.error else ""))
    yield one_line_of([f"#{item.seq}", _time(item.created_at), ", ".join(notes), item.id], _width())
    yield paragraphs(item.text or "(nothing to read)", _width(), indent=4)


def _turn_lines(turn: TurnRecord) -> str:
    status = f"{turn.status} ({turn.error})" if turn.error else turn.status
    parts = [_time(turn.started_at), status, turn.model]
    if turn.finished_at:
        parts.append(f"{(turn.finished_at - turn.started_at).total_seconds():.1f} s")
    if turn.input_tokens is not None:
        parts.append(f"{turn.input_tokens} + {turn.output_tokens or 0} tokens")
    return f"{one_line_of(parts, _width())}\n  {one_line(turn.id, _width() - 2)}"


def _approval_lines(approval: ApprovalRecord) -> Iterable[str]:
    yield one_line(f"{approval.thread_id} · {approval.user_id}", _width())
    parts = [_time(approval.asked_at), approval.status]
    if approval.decided_at:
        parts.append(_time(approval.decided_at))
    if approval.turn_status not in (None, "done"):
        parts.append(f"turn {approval.turn_status}")
    yield f"  {one_line_of(parts, _width() - 2)}"
    tool = f"{approval.tool} on {approval.server}" if approval.server else approval.tool
    yield paragraphs(f"{tool} {approval.arguments}", _width(), indent=4)


def _match_lines(match: Match) -> str:
    who = f"{match.role or match.type}, hidden" if match.hidden else match.role or match.type
    first = f"{_id(match.thread_id)}  {_time(match.created_at)}  {who}"
    where = one_line(f"{match.user_id} · {match.item_id}", _width() - 2)
    return f"{first}\n  {where}\n  {one_line(match.excerpt, _width() - 2)}"


def _id(thread_id: str) -> str:
    # Whole, so that it can be copied; only what another system made may be longer.
    return f"{one_line(thread_id, 60):36}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _width() -> int:
    return min(max(shutil.get_terminal_size((NARROWEST, 24)).columns, NARROWEST), WIDEST)


def _json(record: Any) -> str:
    # Escaped to ASCII: JSON leaves some control characters and changes of direction as they are.
    return json.dumps(asdict(record), default=datetime.isoformat, indent=2)
