"""The closing words of an export: what is saved, what is not and why, and what only a person can still save.

Speaks from the finished archive alone, so it says the same after a run that only had to put files in place.
"""

import json
from collections import defaultdict
from datetime import date
from typing import Any

from app.agent_builder.archive.reader import Archive
from app.agent_builder.export.clock import SHUTDOWN

EXAMPLES = 3

BY_HAND = (
    "the code of every workflow, of every published version: Code > Agents SDK, as Python and as TypeScript",
    "every widget: download its .widget file, the code export does not contain it",
    "the tokens and logins of MCP servers and connectors: they cannot be read back later",
    "each workflow as JSON: open it with the browser's network panel on, and save the response that holds "
    '"nodes" and "edges" (it has what the code lost: visibility, widgets, layout)',
    "Evals, datasets and reusable prompts (pmpt_...) that you still need: they end on the same day",
)


def describe(archive: Archive, today: date) -> dict[str, Any]:
    """The outcome as data; `words` says the same to a person."""
    counts, run = archive.manifest["counts"], archive.manifest["runs"][-1]
    failures = [json.loads(line) for line in archive.failures()]
    lost = [record for record in map(json.loads, archive.attachments()) if record["state"] == "failed"]
    return {
        "archive": str(archive.root),
        "complete": run["listing_complete"] and not failures and not lost,
        "listing_complete": run["listing_complete"],
        "counts": counts,
        "this_run": run["threads"],
        "bytes": sum(entry["bytes"] for entry in archive.entries()),
        "content_sha256": archive.manifest["content_sha256"],
        "failures": failures,
        "failed_attachments": [
            {name: record[name] for name in ("thread_id", "attachment_id", "name", "reason")}
            for record in lost
        ],
        "shutdown": SHUTDOWN.isoformat(),
        "days_left": (SHUTDOWN - today).days,
        "save_by_hand": list(BY_HAND),
    }


def words(outcome: dict[str, Any]) -> str:
    """The outcome for a person who is in a hurry."""
    counts, files = outcome["counts"], outcome["counts"]["attachments"]
    lines = [
        f"Saved in {outcome['archive']} ({size(outcome['bytes'])}):",
        f"  {number(counts['threads'], 'thread')} of {number(counts['users'], 'user')}, "
        f"with {number(counts['items'], 'item')}",
        f"  {number(files['downloaded'], 'attachment')} with bytes, {files['metadata_only']:,} of which "
        f"OpenAI gives only name and type, {files['failed']:,} failed",
        f"  this run: {_this_run(outcome['this_run'])}",
        "",
    ]
    if not counts["threads"]:
        lines.append("There are no threads. One key sees one project: is it the one your ChatKit uses?")
    elif outcome["complete"]:
        lines.append("Nothing failed.")
    else:
        lines += [] if outcome["listing_complete"] else ["The list of threads was not read to its end."]
        lines += _failed("thread", "not saved whole", outcome["failures"], "thread_id")
        lines += _failed("attachment", "not saved", outcome["failed_attachments"], "attachment_id")
        lines.append("  To try these again, and to fetch what is new, add --delta to the same command.")
    private = "These are your users' conversations: keep the folder private, and a second copy of it."
    return "\n".join([*lines, private, "", *_deadline(outcome), *_by_hand(outcome)])


def _this_run(run: dict[str, int]) -> str:
    parts = [f"{run[name]:,} {name}" for name in ("added", "changed", "unchanged", "failed")]
    if run["not_listed"]:
        parts.append(f"{run['not_listed']:,} no longer listed by OpenAI (kept here)")
    return ", ".join(parts)


def _failed(what: str, how: str, failures: list[dict[str, Any]], name: str) -> list[str]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for failure in failures:
        by_reason[failure["reason"] or "no reason given"].append(str(failure[name]))
    lines = [f"{number(len(failures), what)} {how}:"] if failures else []
    for reason, names in sorted(by_reason.items(), key=lambda found: -len(found[1])):
        more = f" and {len(names) - EXAMPLES:,} more" if len(names) > EXAMPLES else ""
        lines.append(f"  {len(names):,} x {reason}: {', '.join(names[:EXAMPLES])}{more}")
    return lines


def _deadline(outcome: dict[str, Any]) -> list[str]:
    left, day = outcome["days_left"], SHUTDOWN.strftime("%d %B %Y")
    if left < 0:
        return [f"Agent Builder shut down on {day}. What still opens, save by hand now:"]
    days = "TODAY is the last day" if left == 0 else "1 day is left" if left == 1 else f"{left} days are left"
    return [f"{days} until Agent Builder shuts down on {day}. What no program can save, save by hand:"]


def _by_hand(outcome: dict[str, Any]) -> list[str]:
    return [f"  [ ] {what}" for what in outcome["save_by_hand"]]


def number(count: int, what: str) -> str:
    """A count with its noun."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def size(count: float) -> str:
    """A number of bytes for a person."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
