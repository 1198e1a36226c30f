"""Which element a page loads: OpenAI's from its CDN, or, where that is wanted, the one of this server."""

from collections.abc import Iterator

from app.agent_builder.frontend.edits import Edit
from app.agent_builder.frontend.javascript.code import Code
from app.agent_builder.frontend.javascript.scripts import Script
from app.agent_builder.frontend.javascript.tokens import Kind
from app.agent_builder.frontend.said import Said

CDN = "cdn.platform.openai.com/deployments/chatkit/chatkit.js"
_REPLACED = frozenset(("src", "type", "async", "defer", "integrity", "crossorigin"))
KEPT = "The page goes on loading OpenAI's element from its CDN."
KEPT_DO = (
    "Register the page's domain with OpenAI (organisation settings, Security, Domain allowlist) and put its "
    "key into api.domainKey; or call this again with --element ours, which needs no other host."
)
AS_MODULE = "Have the page load it as a module: "


def tag_change(script: Script, server: str) -> Edit | None:
    """Return the change of a script element that loads OpenAI's element to one that loads ours."""
    if CDN not in script.source:
        return None
    others = [
        f' {name}="{value}"' if value else f" {name}"
        for name, value in script.attributes.items()
        if name not in _REPLACED and '"' not in value
    ]
    tag = f'<script type="module" src="{server}/chatkit.js"{"".join(others)}>'
    return Edit(script.tag, script.start, tag)


def code_changes(code: Code, server: str) -> Iterator[Edit | Said]:
    """Yield the same for addresses in a script: in a tag of JSX, or given to the `src` of an element."""
    for index, token in enumerate(code.tokens):
        if CDN not in token.text or token.kind not in (Kind.STRING, Kind.MARKUP, Kind.TEMPLATE):
            continue
        ours = f"{token.text[0]}{server}/chatkit.js{token.text[0]}"
        tag = _tag(code, index) if token.kind is Kind.MARKUP else None
        if tag is not None and "type" not in tag:
            yield Edit(token.start, token.end, f'{ours} type="module"')
        elif token.kind is Kind.STRING and _is_given_to_src(code, index):
            start = code.tokens[index - 4].start
            margin = code.text[code.text.rfind("\n", 0, start) + 1 : start]
            yield Edit(
                start, start, f"{code.word(index - 4)}.type = {token.text[0]}module{token.text[0]};\n{margin}"
            )
            yield Edit(token.start, token.end, ours)
        else:
            do = f'{AS_MODULE}<script type="module" src="{server}/chatkit.js">.'
            yield Said("element-script", token.start, "The address of OpenAI's element stands here.", do)


def _is_given_to_src(code: Code, index: int) -> bool:
    start = code.tokens[index - 4].start if index >= 4 else 0
    is_plain = [code.word(index - 3), code.word(index - 2), code.word(index - 1)] == [".", "src", "="]
    begins = code.begins_line(index - 4) if index >= 4 else False
    return is_plain and begins and code.is_name(index - 4) and start > 0


def _tag(code: Code, index: int) -> set[str] | None:
    """Return the words of the tag that a token of JSX is in."""
    first, last = index, index
    while first > 0 and code.word(first) not in ("<", "</") and index - first < 100:
        first -= 1
    while last < len(code.tokens) and code.word(last) not in (">", "/>") and last - index < 100:
        last += 1
    is_tag = code.word(first) == "<" and code.word(last) in (">", "/>")
    return {code.word(i) for i in range(first, last)} if is_tag else None
