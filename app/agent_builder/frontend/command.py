"""The `frontend` command: source files in, a diff out. 0 fine, 1 something needs a person, 2 wrong usage.

The diff goes to standard output and what is said about it to standard error, so that it can be piped.
"""

import argparse
import json
import re
import sys
from typing import Any

from app.agent_builder.frontend.arguments import LooksAt, Seen
from app.agent_builder.frontend.changing import Plan
from app.agent_builder.frontend.findings import Finding
from app.agent_builder.frontend.moving import Move, move
from app.agent_builder.frontend.reading import Missing, read
from app.agent_builder.frontend.recipes import recipes
from app.agent_builder.frontend.words import as_text, summary

PLACEHOLDER = "https://chat.example.com"
LOCAL_KEY = "local-development"
"""Works on localhost only: OpenAI's element asks nobody there."""


def run(options: argparse.Namespace, looks_at: LooksAt) -> int:
    """Read, look, print; return the exit code."""
    if options.page and not options.server_url:
        sys.stderr.write("chatkit-server agent-builder frontend: --page needs --server-url.\n")
        return 2
    plan = Plan(options.server_url or PLACEHOLDER, options.domain_key or LOCAL_KEY, options.element == "ours")
    try:
        moved = move(read(options.paths), options.paths, plan) if options.paths else None
    except Missing as missing:
        sys.stderr.write(f"{missing}\n")
        return 2
    if moved is not None:
        moved = _with_placeholders(moved, options)
    seen = looks_at(options.server_url, options.page) if options.page else None
    if options.json:
        sys.stdout.write(json.dumps(_report(plan, moved, seen), indent=2) + "\n")
    else:
        _print(plan, moved, seen)
    return int(any(found.needs_somebody for found in moved.findings) if moved else False) or int(
        seen is not None and not seen.is_fine
    )


def _with_placeholders(moved: Move, options: argparse.Namespace) -> Move:
    """Say what was put in for options that were not given, where the diff has it."""
    found = []
    if not options.server_url and PLACEHOLDER in moved.diff:
        what = f"The diff names {PLACEHOLDER}, which is no server of yours."
        found.append(Finding("server-url", what, "Call this again with --server-url."))
    if not options.domain_key and f"domainKey: {LOCAL_KEY}" in re.sub(r"[\"']", "", moved.diff):
        what = f"The diff names the domain key {LOCAL_KEY}, which works on localhost only."
        do = "Call this again with --domain-key; it stands in OpenAI's organisation settings (Security)."
        found.append(Finding("domain-key", what, do))
    return Move(moved.base, moved.files, moved.diff, (*found, *moved.findings))


def _report(plan: Plan, moved: Move | None, seen: Seen | None) -> dict[str, Any]:
    needs_somebody = moved is not None and any(found.needs_somebody for found in moved.findings)
    return {
        "server_url": plan.server,
        "domain_key": plan.domain_key,
        "element": "ours" if plan.our_element else "openai",
        "base": str(moved.base) if moved else None,
        "files": list(moved.files) if moved else [],
        "diff": moved.diff if moved else "",
        "findings": [found.as_json() for found in moved.findings] if moved else [],
        "recipes": recipes(plan.server, plan.domain_key),
        "page": seen.report if seen else None,
        "fine": not needs_somebody and (seen is None or seen.is_fine),
    }


def _print(plan: Plan, moved: Move | None, seen: Seen | None) -> None:
    if moved is None and seen is None:
        sys.stdout.write(as_text(recipes(plan.server, plan.domain_key)))
    if moved is not None:
        sys.stdout.write(moved.diff)
        sys.stdout.flush()
        sys.stderr.write(f"{summary(moved)}\n")
    if seen is not None:
        # Beside a diff, which is all of standard output.
        (sys.stdout if moved is None else sys.stderr).write(f"{seen.words}\n")
