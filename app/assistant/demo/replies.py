"""Which reply a message gets: by its command, else by the words in it."""

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from app.assistant.demo import composer, texts
from app.assistant.demo.conversation import Conversation
from app.assistant.demo.sources import Annotation, cited, found
from app.assistant.demo.tools import CANCELLED
from app.assistant.hidden_context import HIDDEN_CONTEXT
from app.assistant.model_input import ANSWERS

MAX_ECHO = 80


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say. A `call` (a tool's name and its arguments as JSON) is answered before anything is said."""

    text: str = ""
    thoughts: tuple[str, ...] = ()
    call: tuple[str, str] | None = None
    searches: str = ""
    """What to look for first, with a search of the provider's."""
    draws: str = ""
    """What to draw first."""
    citations: tuple[Annotation, ...] = ()
    refuses: bool = False
    breaks_off: bool = False


def reply_to(
    conversation: Conversation, tools: Collection[str], *, model: str = "demo", chosen: str | None = None
) -> Reply:
    """Return the reply to a conversation on a model of this name.

    `tools` are the names of those that can be called; `chosen` is the one that has to be.
    """
    topic, subject = _topic(conversation.question)
    used = _TOPIC_OF_TOOL.get(chosen or conversation.tool)
    if used is not None and used != topic:
        topic, subject = used, subject or _place(conversation.question) or "Riga"
    if topic == "models":
        return _introduced(Reply(composer.MODELS.format(model=model)), conversation)
    if conversation.files and topic == "echo":
        topic = "upload"
    if topic in _ASKING and conversation.tool_result is None and _ASKING[topic] in tools:
        return Reply(call=(_ASKING[topic], _ARGUMENTS.get(topic, "{}")))
    if topic in _SHOWS:
        return _introduced(_SHOWS[topic](subject), conversation)
    if topic in _TOOLS:
        return _with_tool(*_TOOLS[topic], subject, conversation, tools)
    if topic in _REPLIES:
        return _introduced(_REPLIES[topic], conversation)
    return _introduced(Reply(_OWN_WORDS[topic](conversation)), conversation)


def title_for(question: str) -> str:
    """Return a title for a conversation that begins with `question`."""
    topic, subject = _topic(question)
    if topic in _TOOLS:
        return f"{topic.capitalize()} in {subject}"
    return _TITLES.get(topic, question)


def _topic(question: str) -> tuple[str, str]:
    """Return what a message is about, and of what place it speaks."""
    if question.startswith(ANSWERS):
        return "answers", ""
    if question.startswith(HIDDEN_CONTEXT):
        return "happened", ""
    if command := re.match(r"\s*/(\w+)\s*(.*)", question):
        name, rest = command[1].lower(), command[2]
        known = name == "models" or any(name in topics for topics in (_TOOLS, _REPLIES, _OWN_WORDS, _SHOWS))
        return (name if known else "help"), _plain(rest) or "Riga"
    if composer.mentioned(question):
        return "mention", ""
    for topic, pattern in _PATTERNS.items():
        if found := pattern.search(question):
            return topic, _place(found.groupdict().get("place")) or "Riga"
    return "echo", ""


def _place(text: str | None) -> str:
    words = re.split(r"\s+(?:now|today|tomorrow|right|please|at|like)\b", _plain(text or ""))[0]
    return words.strip(" ?!.,")[:40]


def _plain(text: str) -> str:
    """Return someone else's words on one line, without anything that Markdown would act on."""
    words = " ".join(re.sub(r"[*_`~<>#|\[\]()\\!^$]", " ", text).split())
    return words if len(words) <= MAX_ECHO else f"{words[:MAX_ECHO].rstrip()}…"


def _introduced(reply: Reply, conversation: Conversation) -> Reply:
    if conversation.has_introduction or reply.refuses or reply.breaks_off:
        return reply
    parts = (reply.text, texts.INTRODUCTION, texts.SUGGESTION)
    return replace(reply, text="\n\n".join(part for part in parts if part))


def _with_tool(
    tool: str, sentence: str, city: str, conversation: Conversation, tools: Collection[str]
) -> Reply:
    if conversation.tool_result is None and tool in tools:
        return Reply(call=(tool, json.dumps({"city": city}, ensure_ascii=False)))
    result = _plain(conversation.tool_result or "not to be had: I was given no tool for it")
    return _introduced(Reply(sentence.format(city=city, result=result)), conversation)


def _search(subject: str) -> Reply:
    text, citations = found(subject)
    return Reply(text, searches=subject, citations=citations)


def _citing(_: str) -> Reply:
    text, citations = cited()
    return Reply(text, citations=citations)


def _hello(conversation: Conversation) -> str:
    return texts.HELLO_AGAIN if conversation.has_introduction else texts.HELLO


def _memory(conversation: Conversation) -> str:
    if not conversation.earlier:
        return texts.REMEMBER_NOTHING
    lines = (f"{number}. *{_plain(text) or '…'}*" for number, text in enumerate(conversation.earlier, 1))
    return texts.REMEMBER.format(lines="\n".join(lines))


def _window(conversation: Conversation) -> str:
    try:
        size = json.loads(conversation.tool_result or "")
        return texts.WINDOW.format(width=int(size["width"]), height=int(size["height"]))
    except (ValueError, LookupError, TypeError, OverflowError):
        return texts.NO_WINDOW


def _approval(conversation: Conversation) -> str:
    if (result := conversation.tool_result) is None:
        return texts.NO_APPROVAL
    return texts.APPROVED.format(result=_plain(result)) if result.startswith(CANCELLED) else texts.REFUSED


def _upload(conversation: Conversation) -> str:
    if not conversation.files:
        return texts.NO_FILES
    return texts.FILES.format(lines="\n".join(f"- {_plain(file)}" for file in conversation.files))


def _answers(conversation: Conversation) -> str:
    lines = (_plain(line.removeprefix("- ")) for line in conversation.question.splitlines()[1:])
    return texts.ANSWERS.format(lines="\n".join(f"- {line}" for line in lines if line))


def _mention(conversation: Conversation) -> str:
    found = composer.mentioned(conversation.question)
    return (
        composer.MENTION.format(name=_plain(found[0]), text=_plain(found[1]))
        if found
        else composer.NO_MENTION
    )


def _widget(conversation: Conversation) -> str:
    return texts.WIDGET if conversation.tool_result else texts.NO_WIDGET


def _happened(conversation: Conversation) -> str:
    lines = conversation.question.removeprefix(HIDDEN_CONTEXT).splitlines()[:-1]
    return texts.HAPPENED.format(note=_plain(" ".join(lines)))


def _echo(conversation: Conversation) -> str:
    sentences = [texts.ECHO.format(question=_plain(conversation.question) or "…")]
    if conversation.earlier:
        sentences.append(texts.ECHO_EARLIER.format(earlier=_plain(conversation.earlier[-1]) or "…"))
    if conversation.has_introduction:
        sentences.append(texts.MORE[len(conversation.questions) % len(texts.MORE)])
    return "\n\n".join(sentences)


_TOOLS = {"weather": ("weather_report", texts.WEATHER), "time": ("current_time", texts.TIME)}

_TOPIC_OF_TOOL = {tool: topic for topic, (tool, _) in _TOOLS.items()}

_ASKING = {
    "window": "window_size",
    "order": "take_order",
    "approve": "cancel_order",
    "lock": "lock_conversation",
    "widget": "show_shop",
}
"""Tools which show something, ask the page or the user, or do something to the conversation."""

_ARGUMENTS = {"approve": json.dumps({"order_number": "1042", "reason": "Ordered twice by mistake."})}

_SHOWS: dict[str, Callable[[str], Reply]] = {
    "search": _search,
    "cite": _citing,
    "image": lambda subject: Reply(texts.IMAGE, draws=subject),
}
"""What a provider's own tools do. Given what the message names."""

_REPLIES = {
    "help": Reply(texts.HELP),
    "think": Reply(texts.THOUGHT, texts.THOUGHTS),
    "table": Reply(texts.TABLE),
    "code": Reply(texts.CODE),
    "list": Reply(texts.LIST),
    "links": Reply(texts.LINKS),
    "long": Reply(texts.LONG),
    "refuse": Reply(texts.REFUSAL, refuses=True),
    "error": Reply(texts.BROKEN, breaks_off=True),
}

_OWN_WORDS: dict[str, Callable[[Conversation], str]] = {
    "hello": _hello,
    "memory": _memory,
    "window": _window,
    "order": lambda _: texts.NO_ORDER,
    "approve": _approval,
    "widget": _widget,
    "happened": _happened,
    "answers": _answers,
    "mention": _mention,
    "lock": lambda conversation: composer.LOCKED if conversation.tool_result else composer.NO_LOCK,
    "upload": _upload,
    "echo": _echo,
}

# The first that fits wins. The place is what follows the preposition: "the weather in New York today?"
_PATTERNS = {
    topic: re.compile(pattern, re.IGNORECASE)
    for topic, pattern in {
        "weather": r"\bweather\b(?:.*?\b(?:in|for|of)\s+(?P<place>[^?!.,\n]{1,80}))?",
        "time": r"\bwhat(?:'s| is)? (?:the )?time\b(?:.*?\b(?:in|for)\s+(?P<place>[^?!.,\n]{1,80}))?",
        "window": r"\b(?:size|large|big|wide)\b.{0,40}\b(?:window|browser)\b"
        r"|\b(?:window|browser)\b.{0,40}\b(?:size|large|big|wide)\b",
        "order": r"\bpizza\b",
        "approve": r"\bcancel\b.{0,40}\border\b|\bapprov",
        "widget": r"\bwidget\b",
        "search": r"\bsearch (?:the web )?for (?P<place>[^?!.,\n]{1,80})",
        "image": r"\b(?:draw|paint)\b|\b(?:picture|image) of\b",
        "help": r"\bhelp\b|\bwhat can you do\b",
        "memory": r"\bremember\b",
        "table": r"\btable\b",
        "code": r"\bcode\b|\bpython\b",
        "list": r"\blist\b",
        "links": r"\blinks?\b",
        "long": r"\blong\b|\bstory\b",
        "think": r"\bthink\b|\breason(?:ing)?\b",
        "hello": r"^\W*(?:hello|hi|hey|good (?:morning|afternoon|evening))\b",
    }.items()
}

_TITLES = {
    "hello": "Hello",
    "help": "What the demo can show",
    "think": "Thinking aloud",
    "table": "A table",
    "code": "An agent in a few lines",
    "list": "What happens to a message",
    "links": "Where to go from here",
    "long": "How an answer travels",
    "memory": "What the demo remembers",
    "refuse": "A refusal",
    "error": "An answer that breaks off",
    "window": "The size of the window",
    "order": "A pizza",
    "models": "Models and tools",
    "mention": "A mention",
    "lock": "A locked conversation",
    "approve": "A cancelled order",
    "widget": "A widget",
    "upload": "Files",
    "search": "A search",
    "cite": "What an answer cites",
    "image": "A picture",
}
