"""The report as test cases for Promptfoo: one JSON object a line, as its `tests: file://….jsonl` takes them.

Texts stand in `vars` alone, never in assertions, which Promptfoo takes for templates. What it would take for
a template or the name of a file even there is broken up by a character that nobody sees.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from app.agent_builder.comparing.report import Compared, Report, Row

UNSEEN = "\u200b"
_TEMPLATE = re.compile(r"(?<=\{)(?=[{%#])")
_ADDRESS = re.compile(r"^(?=\s*[a-z]+://)", re.IGNORECASE)


def lines(report: Report) -> Iterator[str]:
    """Yield a test case for each question that had an answer in words."""
    for thread in report.threads:
        told = list[str]()
        for row in thread.rows:
            if row.old_text and row.question.text.strip():
                yield json.dumps(_case(thread, row, told), ensure_ascii=False)
            told += [f"user: {row.question.text}", f"assistant: {row.old_text}"]


def _case(thread: Compared, row: Row, told: list[str]) -> dict[str, Any]:
    thread_id, number = thread.conversation.thread.id, row.question.number
    texts = {
        "question": row.question.text,
        "quoted": row.question.message.quoted_text or "",
        "history": "\n\n".join(told),
        "reference": row.old_text,
        "answer": row.new_text,
    }
    return {
        "description": _plain(f"{thread_id}, question {number}"),
        "vars": {name: _plain(text) for name, text in texts.items()},
        "metadata": {
            "thread_id": _plain(thread_id),
            "turn": number,
            "state": row.answer.state,
            "model": row.answer.model or "",
        },
    }


def _plain(text: str) -> str:
    return _ADDRESS.sub(UNSEEN, _TEMPLATE.sub(UNSEEN, text))
