"""Pages for hosted mode: the diff applies, what comes of it has the published types, and nothing is left."""

import asyncio
import re
from pathlib import Path

import pytest

from app.agent_builder.frontend.recipes import recipes
from tests.agent_builder.frontend.moving import (
    GIVEN,
    KEY,
    PROGRAMS,
    SERVER,
    apply,
    contents,
    laid,
    moved_again,
    told,
    type_errors,
)
from tests.agent_builder.frontend.pages import (
    CDN,
    ELEMENT_BY_SCRIPT,
    HTML_CLASSIC,
    HTML_MODULE,
    NEXT_LAYOUT,
    NOT_UNDERSTOOD,
    REACT_INLINE,
    UNDERSTOOD,
)

pytestmark = pytest.mark.proves("AB-85")

API = f'url: "{SERVER}/chatkit",domainKey: "{KEY}",fetch: '


def squeezed(text: str) -> str:
    """Return a text without its line breaks and margins, and with one kind of quotes."""
    return re.sub(r",\s*\n\s*|, ", ",", text.replace("\r", "").replace("'", '"'))


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every page that is understood, after the diff of all of them together."""
    folder = laid(tmp_path_factory.mktemp("pages"), UNDERSTOOD)
    before = contents(folder)
    answer = asyncio.run(told(folder, *GIVEN))
    assert (answer.code, answer.rules()) == (0, set())
    assert contents(folder) == before
    apply(answer.diff, folder)
    return contents(folder)


@pytest.mark.parametrize("program", PROGRAMS)
async def test_the_diff_of_many_files_applies_and_leaves_nothing_to_change(
    tmp_path: Path, program: str, moved: dict[str, str]
) -> None:
    again = await moved_again(laid(tmp_path, UNDERSTOOD), program, moved)
    assert (again.code, again.diff, again.rules()) == (0, "", set())


def test_every_page_names_the_server_once_it_is_moved(moved: dict[str, str]) -> None:
    pages = [name for name in UNDERSTOOD if not name.endswith("session.ts")]
    for name in pages:
        assert API in squeezed(moved[name]), moved[name]
        assert moved[name].count("withClientSecret(") == 1


def test_the_moved_pages_have_the_published_types(tmp_path: Path, moved: dict[str, str]) -> None:
    laid(tmp_path, moved)
    vue = re.search(r"<script[^>]*>\n(.*)</script>", moved["vue/Chat.vue"], re.DOTALL)
    assert vue
    named = recipes(SERVER, KEY)
    stated = "declare const getClientSecret: (current: string | null) => Promise<string>;\n"
    react = named["react"].replace("./chatkit-fetch.js", "../inline/chatkit-fetch.js")
    laid(tmp_path, {"vue/script.ts": vue[1], "recipe/react.tsx": stated + react})
    assert type_errors(tmp_path) == ""


def test_the_types_would_tell(tmp_path: Path, moved: dict[str, str]) -> None:
    wrong = {name: text.replace("domainKey", "domain_key") for name, text in moved.items()}
    laid(tmp_path, wrong)
    errors = type_errors(tmp_path)
    for name in ("inline/Chat.tsx", "callback/Chat.tsx", "props/Chat.tsx", "apart/options.ts"):
        assert f"{name}(" in errors


def test_a_function_that_needs_nothing_around_it_is_asked_by_one_helper_for_the_module(
    moved: dict[str, str],
) -> None:
    chat = moved["inline/Chat.tsx"]
    assert chat.startswith('"use client";\n\nimport ')
    assert chat.index("const chatFetch = ") < chat.index("/** The chat of the shop. */\nexport function")
    assert "note: `two\nlines` })" in chat
    assert "// Asked for when it is needed.\n      url:" in chat
    assert 'uploadStrategy: { type: "two_phase" }' in chat


def test_a_function_of_one_rendering_is_asked_in_its_newest_form_by_one_helper(moved: dict[str, str]) -> None:
    functions = {
        "callback/Chat.tsx": "getClientSecret",
        "props/Chat.tsx": "askForSecret",
        "shadowing/Chat.tsx": "askForSecret",
    }
    for name, function in functions.items():
        assert f"newestGetClientSecret = useRef({function});" in moved[name]
        assert f"newestGetClientSecret.current = {function};" in moved[name]
        assert "const [chatFetch] = useState(() =>" in moved[name]
    assert moved["props/Chat.tsx"].index("const askForSecret") < moved["props/Chat.tsx"].index(
        "// What the page"
    )
    assert moved["callback/Chat.tsx"].count("useState }") == 1


def test_what_makes_the_function_stays_where_it_is_made(moved: dict[str, str]) -> None:
    made = "useCallback(async (current) => getClientSecret(current), []);"
    assert f"  const askForSecret: GetClientSecret = {made}" in moved["called/Chat.tsx"].splitlines()


def test_a_function_that_has_no_value_yet_is_asked_for_when_it_has(moved: dict[str, str]) -> None:
    assert "withClientSecret((current: string | null) => ask(current)" in moved["later/Chat.tsx"]


def test_a_file_keeps_its_line_ends_quotes_and_absent_semicolons(moved: dict[str, str]) -> None:
    text = moved["windows/Chat.jsx"]
    assert text.count("\n") == text.count("\r\n")
    assert '"' not in text
    assert ";" not in text


def test_each_package_has_one_copy_of_the_helper_with_types_where_they_are_read(
    moved: dict[str, str],
) -> None:
    copies = {name for name in moved if "chatkit-fetch" in name}
    assert "inline/chatkit-fetch.d.ts" in copies
    assert "windows/chatkit-fetch.js" in copies
    assert "windows/chatkit-fetch.d.ts" not in copies
    assert not any(name.startswith("html/") for name in copies)


async def test_pages_of_one_package_share_the_copy(tmp_path: Path) -> None:
    laid(
        tmp_path,
        {"package.json": "{}", "src/help/Chat.tsx": REACT_INLINE, "src/shop/deep/Chat.tsx": REACT_INLINE},
    )
    apply((await told(tmp_path, *GIVEN)).diff, tmp_path)
    after = contents(tmp_path)
    assert {name for name in after if "chatkit-fetch" in name} == {
        "src/chatkit-fetch.js",
        "src/chatkit-fetch.d.ts",
    }
    assert 'from "../chatkit-fetch.js"' in after["src/help/Chat.tsx"]
    assert 'from "../../chatkit-fetch.js"' in after["src/shop/deep/Chat.tsx"]


async def test_another_file_in_the_place_of_the_copy_is_left_to_a_person(tmp_path: Path) -> None:
    laid(tmp_path, {"Chat.jsx": REACT_INLINE, "chatkit-fetch.js": "export const mine = 1;\n"})
    answer = await told(tmp_path, *GIVEN)
    assert (answer.code, answer.rules()) == (1, {"copy"})
    assert list(answer.report["files"]) == ["Chat.jsx"]


async def test_with_our_element_only_its_address_changes(tmp_path: Path) -> None:
    pages = {
        "module.html": HTML_MODULE,
        "classic.html": HTML_CLASSIC,
        "layout.tsx": NEXT_LAYOUT,
        "load.ts": ELEMENT_BY_SCRIPT,
        "Chat.tsx": REACT_INLINE,
    }
    laid(tmp_path, pages)
    answer = await told(tmp_path, *GIVEN, "--element", "ours")
    assert (answer.code, answer.rules()) == (0, set())
    apply(answer.diff, tmp_path)
    after = contents(tmp_path)
    assert CDN not in "".join(after.values())
    assert after["Chat.tsx"] == REACT_INLINE
    ours = f'<script type="module" src="{SERVER}/chatkit.js"'
    assert after["module.html"] == HTML_MODULE.replace(f'<script src="{CDN}" async', ours)
    assert f'{ours} nonce="abc"></SCRIPT>' in after["classic.html"]
    assert f'<Script src="{SERVER}/chatkit.js" type="module" strategy=' in after["layout.tsx"]
    assert f'script.type = "module";\n  script.src = "{SERVER}/chatkit.js";' in after["load.ts"]
    assert type_errors(tmp_path) == ""


async def test_an_element_that_is_loaded_some_other_way_is_left_to_a_person(tmp_path: Path) -> None:
    laid(tmp_path, {"load.js": f'export const ADDRESS = "{CDN}";\n'})
    answer = await told(tmp_path, *GIVEN, "--element", "ours")
    assert (answer.code, answer.found("element-script")) == (1, [("load.js", 1)])
    assert (await told(tmp_path, *GIVEN)).rules(needs_somebody=False) == {"element"}


@pytest.mark.parametrize("name", NOT_UNDERSTOOD)
async def test_what_is_not_understood_is_named_by_file_and_line_and_not_touched(
    tmp_path: Path, name: str
) -> None:
    line, text = NOT_UNDERSTOOD[name]
    laid(tmp_path, {name: text})
    answer = await told(tmp_path / name, *GIVEN)
    assert (answer.code, answer.diff) == (1, "")
    [found] = [found for found in answer.report["findings"] if found["needs_somebody"]]
    assert found["file"] == name
    assert line is None or found["line"] == line
    assert found["do"]


@pytest.mark.parametrize(
    "text",
    [
        "export interface Api { getClientSecret(current: string | null): Promise<string> }",
        "export type Api = { api: { getClientSecret: () => Promise<string> } };",
        "export const { getClientSecret } = await load();",
        "export function open({ getClientSecret }) { return getClientSecret(null) }",
        "// useChatKit({ api: { getClientSecret } })",
        "export const help = 'api: { getClientSecret }' + `api: { getClientSecret: ${1} }`;",
        "export const test = /api: { getClientSecret }/.test(x);",
        'import { getClientSecret } from "./session";\nexport { getClientSecret };',
    ],
)
async def test_what_only_looks_like_hosted_mode_is_left_alone(tmp_path: Path, text: str) -> None:
    laid(tmp_path, {"page.ts": text})
    answer = await told(tmp_path, *GIVEN)
    assert (answer.code, answer.diff, answer.report["findings"]) == (0, "", [])
