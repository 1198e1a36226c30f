"""Back-ends in JavaScript that have sessions made by OpenAI's client: another address, another key."""

from collections.abc import Iterator

from app.agent_builder.frontend.edits import Edit
from app.agent_builder.frontend.javascript.code import TOP, Code
from app.agent_builder.frontend.javascript.names import Names
from app.agent_builder.frontend.javascript.tokens import Brace, Kind
from app.agent_builder.frontend.placing import Style
from app.agent_builder.frontend.said import Said

CALL = ("beta", "chatkit", "sessions", "create")
HOSTED_KEY, OUR_KEY = "OPENAI_API_KEY", "CHATKIT_SERVER_KEY"
MOST = 40


def node_changes(code: Code, style: Style) -> Iterator[Edit | Said]:
    """Yield the changes of the clients that make sessions in a script."""
    names = Names(code)
    receivers: dict[str, list[int]] = {}
    for index in _calls(code):
        if not code.is_name(index):
            yield _by_hand(code, max(index, 0), style, "What makes it is no plain name.")
            continue
        receivers.setdefault(code.word(index), []).append(index)
    for name, places in list(receivers.items())[:MOST]:
        made = [index for index in range(len(code.tokens)) if _is_made(code, index, name)]
        if len(made) != 1:
            yield _by_hand(code, places[0], style, f"`{name}` is not made in this file, or more than once.")
        elif _is_shared(code, name, made[0]):
            yield from _another(code, names, name, made[0], style)
        else:
            yield from _arguments(code, made[0], style)


def _calls(code: Code) -> Iterator[int]:
    """Yield where `….beta.chatkit.sessions.create` begins: the token before the first dot."""
    for index in range(len(code.tokens)):
        if code.word(index) == CALL[-1] and code.word(index + 1) == "(":
            chain = [code.word(index - 2 * step) for step in range(4)][::-1]
            dots = {code.word(index - 2 * step - 1) for step in range(4)}
            if tuple(chain) == CALL and dots <= {".", "?."}:
                yield index - 8


def _is_made(code: Code, index: int, name: str) -> bool:
    """Say whether `NAME = new OpenAI(` begins here."""
    words = [code.word(index + step) for step in range(5)]
    return words == [name, "=", "new", "OpenAI", "("] and index + 4 in code.partner


def _is_shared(code: Code, name: str, made: int) -> bool:
    """Say whether a client is used for anything else, or by another file."""
    if code.word(made - 2) == "export":
        return True
    for index in range(len(code.tokens)):
        is_use = index != made and code.word(index) == name and code.is_name(index)
        if is_use and [code.word(index + 2), code.word(index + 4)] != ["beta", "chatkit"]:
            return True
    return False


def _arguments(code: Code, made: int, style: Style) -> Iterator[Edit | Said]:
    opening = made + 4
    closing = code.partner[opening]
    address = f"baseURL: {style.quoted(f'{style.server}/v1')}"
    key = f"apiKey: process.env.{OUR_KEY}"
    if closing == opening + 1:
        at = code.tokens[opening].end
        yield Edit(at, at, f"{{ {address}, {key} }}")
        return
    brace = opening + 1
    if code.brace.get(brace) is not Brace.OBJECT or code.partner.get(brace) != closing - 1:
        yield _by_hand(code, made, style, "What it is made with is not written out here.")
        return
    given = {code.tokens[each.first].content: each for each in code.properties(brace)}
    if "..." in given or "dangerouslyAllowBrowser" in given:
        yield _by_hand(code, made, style, "What it is made with is not written out here.")
        return
    missing = []
    for name, text in (("baseURL", address), ("apiKey", key)):
        if name not in given:
            missing.append(text)
            continue
        first, end = given[name].first, given[name].end
        if {OUR_KEY, f"{style.server}/v1"} & {code.tokens[i].content for i in range(first, end)}:
            continue
        renamed = [i for i in range(first, end) if code.tokens[i].content == HOSTED_KEY]
        if name == "apiKey" and len(renamed) == 1 and code.word(renamed[0] - 1) in (".", "(", "["):
            token = code.tokens[renamed[0]]
            yield Edit(token.start, token.end, token.text.replace(HOSTED_KEY, OUR_KEY))
        else:
            yield Edit(code.tokens[first].start, code.tokens[end - 1].end, text)
    if missing:
        yield _inserted(code, brace, missing, has_more=bool(given))


def _inserted(code: Code, brace: int, properties: list[str], *, has_more: bool) -> Edit:
    at = code.tokens[brace].end
    following = code.tokens[brace + 1].start
    gap = code.text[at:following]
    if "\n" in gap and has_more:
        margin = gap[gap.rfind("\n") :]
        return Edit(at, at, "".join(f"{margin}{each}," for each in properties))
    text = ", ".join(properties)
    return Edit(at, at, f" {text}," if has_more else f" {text} ")


def _another(code: Code, names: Names, name: str, made: int, style: Style) -> Iterator[Edit | Said]:
    """Leave a client that is used for other things, and make another one before it."""
    block = code.block_of(made)
    at = code.statement(made, block)
    if at is None:
        yield _by_hand(code, made, style, f"`{name}` is used for other things too.")
        return
    ours = names.free("chatkitServer")
    start = code.tokens[at].start
    begin = code.text.rfind("\n", 0, start) + 1
    margin = code.text[begin:start]
    text = (
        f"{margin}const {ours} = new OpenAI({{\n"
        f"{margin}  baseURL: {style.quoted(f'{style.server}/v1')},\n"
        f"{margin}  apiKey: process.env.{OUR_KEY},\n"
        f"{margin}}}){style.semicolon}\n"
    )
    yield Edit(begin, begin, text)
    for index in range(len(code.tokens)):
        is_use = code.word(index) == name and code.is_name(index)
        if is_use and [code.word(index + 2), code.word(index + 4)] == ["beta", "chatkit"]:
            yield Edit(code.tokens[index].start, code.tokens[index].end, ours)


def _by_hand(code: Code, index: int, style: Style, why: str) -> Said:
    what = f"Sessions are made here by a client that is not understood. {why}"
    made = f'new OpenAI({{ baseURL: "{style.server}/v1", apiKey: process.env.{OUR_KEY} }})'
    do = f"Make it with {made}, and use it for ChatKit alone."
    return Said("client", code.tokens[index].start, what, do)


def literals(code: Code) -> Iterator[tuple[int, str]]:
    """Yield the texts of a script that may hold addresses, with their places."""
    for token in code.tokens:
        if token.kind in (Kind.STRING, Kind.TEMPLATE):
            yield token.start, token.text


def keys(code: Code) -> Iterator[tuple[int, bool]]:
    """Yield where the hosted key is named, and whether as the environment's own name for it."""
    for index, token in enumerate(code.tokens):
        if token.kind is Kind.NAME and token.text == HOSTED_KEY:
            yield token.start, code.word(index - 1) in (".", "?.")


def workflow_ids(code: Code) -> Iterator[tuple[int, str]]:
    """Yield ids that are written out: `workflow: { id: "…" }`."""
    for index, token in enumerate(code.tokens):
        brace = code.inside[index]
        is_id = token.content == "id" and code.word(index + 1) == ":" and brace != TOP
        if is_id and code.key_of(brace) == "workflow" and index + 2 < len(code.tokens):
            value = code.tokens[index + 2]
            if value.kind is Kind.STRING:
                yield value.start, value.content
