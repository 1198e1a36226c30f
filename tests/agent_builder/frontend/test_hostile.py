"""Files that nobody should have: each ends in a sentence or in nothing, in time, and never in a traceback."""

import os
import random
from pathlib import Path

import pytest

from tests.agent_builder.frontend import backends, pages
from tests.agent_builder.frontend.moving import GIVEN, apply, frontend, laid, told
from tests.agent_builder.frontend.pages import REACT_INLINE

pytestmark = pytest.mark.proves("AB-85")

MANY = 5_000
HOSTED = "chat.setOptions({ api: { getClientSecret } });\n"

BROKEN = {
    "quotes": "'\\'" * MANY,
    "comments": "/*" * MANY,
    "classes": "(/[" * MANY,
    "templates": "`${" * MANY,
    "holes": "`${{" * MANY,
    "braces": "{" * MANY,
    "brackets": "([{" * MANY,
    "tags": "=<a " * MANY,
    "children": "=<a>" * MANY,
    "generics": "=<" + "a" * MANY,
    "slashes": "/" * MANY,
    "closing": ")]}" * MANY,
    "backslash": "`\\",
    "cut": REACT_INLINE[: len(REACT_INLINE) // 2],
    "quote in markup": REACT_INLINE.replace('className="', "className=\"'"),
    "mended twice": REACT_INLINE.replace("},\n    composer", "}},\n    composer"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_file_ends_in_a_sentence(tmp_path: Path, name: str) -> None:
    script = f"import x from 'x';\n{HOSTED}{BROKEN[name]}"
    page = f"<script type=module>{script}</script>{BROKEN[name]}<script "
    laid(
        tmp_path,
        {"page.tsx": script, "page.js": script, "page.html": page, "page.vue": page, "page.py": script},
    )
    answer = await told(tmp_path, *GIVEN)
    assert answer.code == int(bool(answer.rules()))
    assert answer.rules() <= {"broken", "built", "options"}


@pytest.mark.parametrize(
    "text",
    [
        "chat.setOptions({ api: { getClientSecret } });" * 1_000,
        "chat.setOptions({ api: { getClientSecret } });\n" * 1_000,
        "x.beta.chatkit.sessions.create({});\n" * 1_000,
        "a.b(c).beta.chatkit.sessions.create({});\n" * 1_000,
        "api: { getClientSecret: () => ({" * 2_000,
        "const a = `" + "x\n" * 20_000 + "`; chat.setOptions({ api: { getClientSecret: () => a } });",
        f"export function f() {{\n{'  if (a) {' * 5_000}{HOSTED}{'}' * 5_000}\n}}",
    ],
)
async def test_many_places_in_one_file_are_told_up_to_a_bound(tmp_path: Path, text: str) -> None:
    laid(tmp_path, {"page.js": f"import x from 'x';\n{text}"})
    answer = await told(tmp_path, *GIVEN)
    assert answer.code == 1
    assert len(answer.report["findings"]) <= 60


async def test_files_with_mistakes_in_them_are_changed_by_a_diff_that_applies_or_not_at_all(
    tmp_path: Path,
) -> None:
    chance = random.Random(85)
    sources = {**pages.UNDERSTOOD, **backends.UNDERSTOOD}
    files = {}
    for number in range(150):
        name, text = chance.choice(list(sources.items()))
        for _ in range(chance.randrange(1, 4)):
            start = chance.randrange(len(text))
            end = min(len(text), start + chance.choice([0, 1, 1, 2, 20, 200]))
            inserted = chance.choice(["", *"(){}[]`'\"/*<>;,:\n\\", "${", "/*", "=>", text[end : end + 40]])
            text = text[:start] + inserted + text[end:]
        files[f"{number}/{name}"] = text
    laid(tmp_path, files)
    answer = await told(tmp_path, *GIVEN)
    assert answer.code == 1
    assert {rule for rule in answer.rules() if rule != "copy"} <= {
        "options",
        "broken",
        "client",
        "sessions-address",
        "workflow-id",
    }
    apply(answer.diff, tmp_path)
    again = await told(tmp_path, *GIVEN)
    assert again.diff == ""


async def test_what_is_too_large_is_told_where_it_is_named_or_in_hosted_mode(tmp_path: Path) -> None:
    large = "// chatkit\n" * 60_000
    laid(tmp_path, {"page.js": HOSTED + large, "other.js": large})
    answer = await told(tmp_path, *GIVEN)
    assert answer.found("too-large") == [("page.js", None)]
    assert (await told(tmp_path / "other.js", *GIVEN)).rules() == {"too-large"}


async def test_what_is_no_text_or_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin.js").write_bytes(HOSTED.encode() + b"// caf\xe9\n")
    (tmp_path / "nul.js").write_bytes(HOSTED.encode() + b"\0")
    os.mkfifo(tmp_path / "pipe.js")
    answer = await told(tmp_path, *GIVEN)
    assert {name for name, _ in answer.found("unreadable")} == {"latin.js", "nul.js", "pipe.js"}


async def test_what_is_installed_built_or_linked_is_passed_by(tmp_path: Path) -> None:
    outside = laid(tmp_path / "outside", {"page.js": HOSTED})
    names = ["node_modules/x/page.js", "dist/page.js", ".next/page.js", "page.min.js", "page.d.ts", "page.md"]
    folder = laid(tmp_path / "project", dict.fromkeys(names, HOSTED))
    (folder / "linked.js").symlink_to(outside / "page.js")
    (folder / "linked").symlink_to(outside)
    answer = await told(folder, *GIVEN)
    assert (answer.code, answer.diff, answer.report["findings"]) == (0, "", [])


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\u202e", "\x9b", "\r"])
async def test_a_diff_cannot_steer_the_terminal(tmp_path: Path, character: str) -> None:
    laid(tmp_path, {"page.mjs": f"{HOSTED}// {character}x\n"})
    answer = await told(tmp_path, *GIVEN)
    assert (answer.diff, answer.rules()) == ("", {"control-characters"})


async def test_names_of_files_cannot_steer_the_terminal(tmp_path: Path) -> None:
    laid(tmp_path, {"\x1b[2Jpage.js": "chat.setOptions({ api: { ...x, getClientSecret } });"})
    told = await frontend(tmp_path, *GIVEN)
    assert "\x1b" not in told.out + told.err
    assert "?[2Jpage.js:1: " in told.err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.tsx", 'const key = "sk-proj-abcdefghijklmnop1234wxyz"; // chatkit'),
        ("page.ts", "chatkit(process.env.NEXT_PUBLIC_OPENAI_API_KEY)"),
        ("page.vue", "<script>chatkit(import.meta.env.VITE_CHATKIT_SERVER_KEY)</script>"),
        ("page.js", "export const chatkit = new OpenAI({ dangerouslyAllowBrowser: true })"),
    ],
)
@pytest.mark.proves("AB-67")
async def test_a_key_in_a_page_is_told_by_its_last_characters(tmp_path: Path, name: str, text: str) -> None:
    laid(tmp_path, {name: text})
    answer = await told(tmp_path, *GIVEN)
    assert (answer.code, answer.rules()) == (1, {"key-in-page"})
    assert "abcdefghijklmnop" not in str(answer.report)


@pytest.mark.parametrize(
    "text", ['"sk-folding-cube-of-chatkit"', "process.env.NEXT_PUBLIC_CHATKIT_API_DOMAIN_KEY"]
)
async def test_what_is_no_key_is_none(tmp_path: Path, text: str) -> None:
    laid(tmp_path, {"page.js": f"export const chatkit = {text};"})
    assert (await told(tmp_path, *GIVEN)).rules() == set()
