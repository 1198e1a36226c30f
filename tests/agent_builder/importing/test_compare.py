"""`compare` asks the real agent what users have asked, and leaves nothing but its report."""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.agent_builder.importing.archives import replace_in, seal, write_archive
from tests.agent_builder.importing.comparing import left_here, library, states, turns
from tests.agent_builder.importing.conftest import Ended, Moving
from tests.attachments.samples import PDF
from tests.hosted_api import Project
from tests.provider.script import call_tool, http_error, say
from tests.provider.server import FakeProvider
from tools.tracked import ROOT

pytestmark = pytest.mark.proves("AB-84")

Compare = Callable[..., Awaitable[Ended]]


@pytest.fixture
def compare(moving: Moving, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> Compare:
    """Import a project and compare it; the fake provider answers."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_BASE_URL", provider.base_url)

    async def run(project: Project, *options: str | Path) -> Ended:
        root = write_archive(project, moving.folder / "archive")
        assert (await moving.run("import", root, "--users-match")).code == 0
        return await moving.run("compare", root, "--json", *options)

    return run


async def test_questions_are_asked_in_order_in_one_conversation_and_nothing_is_left(
    moving: Moving, compare: Compare, provider: FakeProvider
) -> None:
    await moving.take_in(library(1))
    before = await left_here(moving)
    provider.respond(say("New answer 1."))
    provider.respond(say("Old  answer 2."))

    ended = await compare(library(1), "--only", "cthr_0")

    first, second = turns(ended.report)
    assert ended.code == 0, ended.said
    assert (first["question"]["text"], first["old"]["text"]) == ("Is it in?", "Old answer 1.")
    assert (first["new"]["text"], first["same_text"]) == ("New answer 1.", False)
    assert (second["new"]["text"], second["same_text"]) == ("Old  answer 2.", True)
    assert first["new"]["input_tokens"] > 0 < first["new"]["output_tokens"]
    sent = json.dumps(provider.requests[1].body["input"])
    assert [text in sent for text in ("Is it in?", "New answer 1.", "Old answer 1.")] == [True, True, False]
    assert await left_here(moving) == before


async def test_the_same_seed_takes_the_same_threads(compare: Compare, provider: FakeProvider) -> None:
    provider.always(say("Yes."))
    options = ("--threads", "3", "--turns", "1", "--seed", "7")

    first = await compare(library(12), *options)
    second = await compare(library(12), *options)
    other = await compare(library(12), *options[:-1], "8")

    chosen = [[thread["thread_id"] for thread in ended.report["threads"]] for ended in (first, second, other)]
    assert chosen[0] == chosen[1] != chosen[2]
    assert {len(threads) for threads in chosen} == {3}
    assert {len(turns(first.report, number)) for number in range(3)} == {1}
    # The same question of three users at once is asked three times.
    assert len(provider.requests) == 9


async def test_a_failing_turn_is_a_row_and_the_next_question_is_asked(
    moving: Moving, compare: Compare, provider: FakeProvider
) -> None:
    provider.respond(http_error(400, "invalid_request_error", "No."))
    provider.respond(say("New answer 2."))

    ended = await compare(library(1), "--concurrency", "1")

    assert ended.code == 1
    assert states(ended.report) == ["failed", "answered"]
    assert turns(ended.report)[0]["new"]["why"]
    assert "Traceback" not in ended.said


async def test_what_would_exceed_the_limit_of_questions_is_not_asked_and_said(
    moving: Moving, compare: Compare, provider: FakeProvider
) -> None:
    provider.always(say("Yes."))

    ended = await compare(library(4), "--max-turns", "5")

    assert ended.code == 0
    assert ended.report["turns"] | {"answered": 5, "not_asked": 3} == ended.report["turns"]
    assert "--max-turns" in ended.report["stopped_by"]
    assert len(provider.requests) == 5
    words = await moving.run("compare", moving.folder / "archive", "--max-turns", "1")
    assert "Not everything was asked" in words.printed


async def test_tokens_stay_within_their_limit(compare: Compare, provider: FakeProvider) -> None:
    # Each answer costs 18.
    provider.always(say("Yes."))

    ended = await compare(library(4), "--max-tokens", "60")

    spent = sum(ended.report["tokens"].values())
    assert (spent, ended.report["turns"]["answered"]) == (54, 3)
    assert "--max-tokens" in ended.report["stopped_by"]


@pytest.mark.parametrize(
    ("agent", "tool", "awaited"),
    [
        ("agents_that_wait.py:agent", "current_page", "the page's tool location"),
        ("agents_that_wait.py:agent", "take_order", "answers of the user"),
        ("agents_to_approve.py:agent", "send_email", "the user's approval"),
    ],
)
async def test_a_turn_that_waits_is_shown_as_such_and_what_follows_is_skipped(
    compare: Compare,
    provider: FakeProvider,
    monkeypatch: pytest.MonkeyPatch,
    agent: str,
    tool: str,
    awaited: str,
) -> None:
    monkeypatch.setenv("CHATKIT_AGENT", str(ROOT / "tests/turns" / agent))
    provider.respond(call_tool(tool, {"to": "ann"} if tool == "send_email" else {}))

    ended = await compare(library(1))

    assert ended.code == 0, ended.printed
    assert states(ended.report) == ["waits", "skipped"]
    first, second = turns(ended.report)
    assert first["new"]["why"] == awaited
    assert awaited in second["new"]["why"]
    assert len(provider.requests) == 1


async def test_files_that_were_imported_are_sent_and_others_are_named(
    moving: Moving, compare: Compare, provider: FakeProvider
) -> None:
    project = library(1, ())
    project.files["cfile_1"] = PDF
    files = [
        {"id": f"cfile_{number}", "type": "file", "name": name, "mime_type": "x/y", "preview_url": None}
        for number, name in ((1, "rules.pdf"), (2, "lost.pdf"))
    ]
    project.add_user_message("cthr_0", "Look", files)
    project.add_user_message("cthr_0", "", files[1:])
    provider.respond(say("I see."))

    ended = await compare(project)

    assert states(ended.report) == ["answered", "skipped"]
    sent, lost = turns(ended.report)[0]["question"]["files"]
    assert (sent["name"], sent["reason"]) == ("rules.pdf", "")
    assert lost["name"] == "lost.pdf"
    assert lost["reason"]
    assert "input_file" in json.dumps(provider.requests[0].body["input"])
    names = [row["name"] for row in await moving.rows("select name from chatkit.attachments")]
    assert sorted(names) == ["lost.pdf", "lost.pdf", "rules.pdf"]


async def test_the_page_needs_nothing_else_and_escapes_what_users_and_models_say(
    moving: Moving, compare: Compare, provider: FakeProvider
) -> None:
    evil = '<script>alert("1")</script>\'&'
    project = Project()
    thread_id = project.add_thread("cthr_evil", user=evil, title=evil)
    project.add_exchange(thread_id, evil, evil)
    project.add_item(thread_id, "widget", widget=json.dumps({"type": "Card", "children": [evil]}))
    provider.respond(say(evil))
    page = moving.folder / "report.html"

    ended = await compare(project, "--html", page)

    assert ended.code == 0
    html = page.read_text()
    assert html.count("&lt;script&gt;") >= 5
    assert "<script" not in html
    assert not re.search(r"""(src|href)=|@import|url\(""", html)
    assert page.stat().st_mode & 0o077 == 0


async def test_test_cases_for_promptfoo_hold_no_template_and_no_name_of_a_file(
    moving: Moving, compare: Compare, provider: FakeProvider
) -> None:
    project = library(1, ())
    project.add_exchange("cthr_0", "file://secret.txt {{env.OPENAI_API_KEY}}", "{% raw %}Old.")
    project.add_exchange("cthr_0", "And then?", "Older.")
    project.add_user_message("cthr_0", "Never answered")
    provider.always(say("New\u2028answer."))
    file = moving.folder / "tests.jsonl"

    ended = await compare(project, "--jsonl", file)

    assert ended.code == 0
    cases = [json.loads(line) for line in file.read_text().removesuffix("\n").split("\n")]
    assert [sorted(case) for case in cases] == [["description", "metadata", "vars"]] * 2
    assert cases[1]["vars"] | {"question": "And then?", "reference": "Older."} == cases[1]["vars"]
    assert cases[1]["vars"]["answer"] == "New\u2028answer."
    assert "Old." in cases[1]["vars"]["history"]
    assert (cases[0]["metadata"]["thread_id"], cases[0]["metadata"]["turn"]) == ("cthr_0", 1)
    for case in cases:
        for text in case["vars"].values():
            assert not re.search(r"\{[{%#]", text)
            assert not text.startswith("file://")
    assert cases[0]["vars"]["question"].replace("\u200b", "") == "file://secret.txt {{env.OPENAI_API_KEY}}"


async def test_a_damaged_thread_is_a_finding_and_the_others_are_compared(
    moving: Moving, compare: Compare, provider: FakeProvider
) -> None:
    provider.always(say("Yes."))
    await compare(library(2))
    root = moving.folder / "archive"
    replace_in(root / "items/cthr_1.jsonl", "Old answer", "New answer")

    ended = await moving.run("compare", root, "--json")

    assert ended.code == 1
    assert [thread["thread_id"] for thread in ended.report["threads"]] == ["cthr_0"]
    assert ended.report["findings"][0]["file"] == "items/cthr_1.jsonl"


@pytest.mark.parametrize(
    "options",
    [
        ("--only", "cthr_nowhere"),
        ("--threads", "0"),
        ("--max-tokens", "many"),
        ("--workflow", "wf_nowhere"),
        ("--html", "no/where.html"),
    ],
)
async def test_what_cannot_be_is_a_sentence(moving: Moving, options: tuple[str, ...]) -> None:
    root = write_archive(library(1, ()), moving.folder / "archive")
    ended = await moving.run("compare", root, *options)
    assert (ended.code, "Traceback" in ended.said) == (2, False)


async def test_an_archive_without_questions_is_fine(moving: Moving) -> None:
    root = write_archive(library(2, ()), moving.folder / "archive")
    seal(root)
    ended = await moving.run("compare", root, "--json")
    assert (ended.code, ended.report["threads_without_questions"]) == (0, 2)
    assert (await moving.run("compare", moving.folder / "nowhere")).code == 2
