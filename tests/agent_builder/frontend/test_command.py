"""`agent-builder frontend` as it is called: its options, what it writes where, its codes, its recipes."""

import json
import random
import re
from pathlib import Path

import pytest

from app.agent_builder.frontend.edits import Edit, changed, diff
from app.agent_builder.frontend.findings import RULES
from tests.agent_builder.frontend.moving import GIVEN, KEY, PROGRAMS, SERVER, apply, contents, frontend, laid
from tests.agent_builder.frontend.pages import REACT_IMPORTED, REACT_INLINE
from tools.tracked import ROOT

pytestmark = pytest.mark.proves("AB-85")


async def test_the_diff_is_all_of_standard_output_and_the_rest_is_said_beside_it(tmp_path: Path) -> None:
    laid(tmp_path, {"src/Chat.tsx": REACT_INLINE})
    told = await frontend(tmp_path, *GIVEN)
    assert (told.code, told.out.splitlines()[0]) == (0, "--- a/src/Chat.tsx")
    assert told.err.startswith(
        "Changed by the diff: src/Chat.tsx, src/chatkit-fetch.js, src/chatkit-fetch.d.ts."
    )
    assert f"Apply it in {tmp_path} with: patch -p1" in told.err
    assert told.err.endswith("Nothing else to be done.\n")
    apply(told.out, tmp_path)


async def test_below_this_folder_names_begin_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid(tmp_path, {"web/src/Chat.tsx": REACT_INLINE})
    monkeypatch.chdir(tmp_path)
    told = await frontend("web/src", *GIVEN)
    assert told.out.startswith("--- a/web/src/Chat.tsx\n")
    assert "Apply it with: patch -p1" in told.err
    apply(told.out, tmp_path)


@pytest.mark.parametrize("program", PROGRAMS)
async def test_odd_names_of_files_apply(tmp_path: Path, program: str) -> None:
    names = ["app/(chat)/[id]/page.tsx", "with spaces/my chat.tsx", "é/ü.tsx"]
    laid(tmp_path, dict.fromkeys(names, REACT_INLINE))
    apply((await frontend(tmp_path, *GIVEN)).out, tmp_path, program)
    after = contents(tmp_path)
    assert all("withClientSecret" in after[name] for name in names)
    assert "with spaces/chatkit-fetch.js" in after


async def test_what_was_not_given_is_put_in_and_told(tmp_path: Path) -> None:
    laid(tmp_path, {"Chat.tsx": REACT_INLINE})
    told = await frontend(tmp_path, "--json")
    report = json.loads(told.out)
    assert told.code == 1
    assert {found["rule"] for found in report["findings"]} == {"server-url", "domain-key"}
    assert (report["server_url"], report["domain_key"]) == ("https://chat.example.com", "local-development")


async def test_without_files_it_prints_the_recipes(tmp_path: Path) -> None:
    told = await frontend(*GIVEN)
    assert (told.code, told.err) == (0, "")
    for part in (
        f'withClientSecret(getClientSecret, "{SERVER}")',
        f'url: "{SERVER}/chatkit"',
        f'domainKey: "{KEY}"',
        f'src="{SERVER}/chatkit.js"',
        f'OpenAI(base_url="{SERVER}/v1", api_key=os.environ["CHATKIT_SERVER_KEY"])',
        f'new OpenAI({{ baseURL: "{SERVER}/v1"',
    ):
        assert part in told.out
    report = json.loads((await frontend("--json")).out)
    assert list(report["recipes"]) == ["react", "script", "our-element", "python", "node"]
    assert report["fine"] is True


async def test_where_there_is_nothing_of_hosted_mode_it_says_so(tmp_path: Path) -> None:
    laid(tmp_path, {"Chat.tsx": "export const chatkit = 1;\n"})
    told = await frontend(tmp_path, *GIVEN)
    assert (told.code, told.out, told.err) == (0, "", "Nothing of hosted mode was found.\n")


@pytest.mark.parametrize(
    "words",
    [
        ["absent.tsx"],
        ["notes.md"],
        ["--server-url", "chat.example.com"],
        ["--server-url", 'https://chat.example.com/"+alert(1)+"'],
        ["--server-url", "https://chat.example.com/?a=b"],
        ["--server-url", "https://user@chat.example.com"],
        ["--domain-key", "sk-proj-1234567890abcdefghij"],
        ["--domain-key", "'"],
        ["--page", "https://app.example.com"],
        ["--element", "another"],
    ],
)
async def test_wrong_usage_is_a_sentence(
    tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(laid(tmp_path, {"notes.md": "getClientSecret"}))
    told = await frontend(*words)
    assert (told.code, told.out) == (2, "")
    assert told.err.strip()
    assert "sk-proj-1234567890" not in told.err.replace("'sk-proj-1234567890abcdefghij'", "")


async def test_files_of_two_folders_are_one_diff(tmp_path: Path) -> None:
    laid(tmp_path, {"a/App.tsx": REACT_IMPORTED, "b/Chat.tsx": REACT_INLINE})
    told = await frontend(tmp_path / "a/App.tsx", tmp_path / "b", *GIVEN)
    assert told.code == 0
    apply(told.out, tmp_path)
    assert "withClientSecret" in contents(tmp_path)["a/App.tsx"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_any_change_of_any_text_applies(tmp_path: Path, program: str) -> None:
    chance = random.Random(20261130)
    before, after, diffs = {}, {}, []
    for number in range(60):
        lines = [f"line {chance.randrange(9)}" for _ in range(chance.randrange(1, 60))]
        text = chance.choice(["\n", "\r\n"]).join(lines) + chance.choice(["", "\n"])
        places = sorted({chance.randrange(len(text) + 1) for _ in range(2 * chance.randrange(1, 6))})
        edits = [
            Edit(start, end, chance.choice(["", "x", "new\nlines\n", "\n"]))
            for start, end in zip(places[::2], places[1::2], strict=False)
        ]
        name = f"{number}.txt"
        if edits and changed(text, edits) not in (text, ""):
            before[name], after[name] = text, changed(text, edits)
            diffs.append(diff(name, text, edits))
    apply("".join(diffs), laid(tmp_path, before), program)
    assert contents(tmp_path) == after


DOCUMENTED = (ROOT / "docs/moving-the-page.md").read_text()
PAGE_OF_THE_DOCUMENTATION = """\
import { ChatKit, useChatKit } from "@openai/chatkit-react";
import { getClientSecret } from "./session";

export function Chat() {
  const { control } = useChatKit({
    api: { getClientSecret },
  });
  return <ChatKit control={control} />;
}
"""


async def test_the_documented_diff_is_what_is_printed(tmp_path: Path) -> None:
    laid(tmp_path, {"src/Chat.tsx": PAGE_OF_THE_DOCUMENTATION})
    given = ("--server-url", "https://chat.example.com", "--domain-key", KEY)
    printed = (await frontend(tmp_path, *given)).out.partition("--- /dev/null")[0]
    shown = DOCUMENTED.partition("```diff\n")[2].partition("```")[0]
    assert [line.rstrip() for line in printed.splitlines()] == shown.splitlines()


def test_every_rule_stands_in_the_documentation() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \| (you|nobody) \|$", DOCUMENTED, re.MULTILINE)
    who = {True: "you", False: "nobody"}
    assert rows == [(rule, what, who[needs]) for rule, (needs, what) in RULES.items()]
