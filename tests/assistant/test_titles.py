"""Titles: by the model, by a function, or from the first words; short and harmless in any case."""

import asyncio
from typing import Any

import pytest
from agents import Agent, ModelSettings
from agents.testing import ModelStep, ScriptedModel, assistant_message
from hypothesis import given
from hypothesis import strategies as st

from app.assistant import Assistant, RequestContext
from app.assistant.loading import load_assistant
from app.assistant.titles import MAX_LENGTH, clean_title, propose_title
from app.settings import Settings
from tests.provider.script import say
from tests.provider.server import FakeProvider

QUESTION = "How do I bake bread without yeast?"


def titled_by(*steps: Any) -> Assistant:
    return Assistant(Agent[Any](name="Agent", model=ScriptedModel(steps)))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Hello there", "Hello there"),
        ("\n\n  # **Bread** without `yeast`.\nAnd more.", "Bread without yeast"),
        ('"Bread without yeast"', "Bread without yeast"),
        ("„Brot ohne Hefe“", "Brot ohne Hefe"),
        ("1. [Bread](http://example.com/x)", "Bread"),
        ("<b>bold</b> & <script>", "bold &"),
        ("a\u202eb\u200bc\x00d\x1b[31m", "abcd[31m"),
        ("snake_case stays, _this_ does not", "snake_case stays, this does not"),
        ("می‌خواهم", "می‌خواهم"),
        ("```python\nprint(1)\n```", "python"),
        ("???", ""),
        ("", ""),
    ],
)
def test_a_title_is_cleaned(text: str, title: str) -> None:
    assert clean_title(text) == title


def test_a_long_title_is_cut_between_words() -> None:
    assert clean_title("word " * 100) == "word word word word word word word word word word word…"


def test_a_long_word_is_cut_anyway() -> None:
    assert clean_title("x" * 500) == "x" * 59 + "…"


@given(st.text(max_size=300))
def test_no_text_makes_a_harmful_title(text: str) -> None:
    title = clean_title(text)

    assert len(title) <= MAX_LENGTH
    assert not {"\n", "\r", "\x00", "`", "*"} & set(title)
    assert title == title.strip()


@pytest.mark.proves("FEAT-title-1")
async def test_the_model_makes_the_title(context: RequestContext) -> None:
    assistant = titled_by([assistant_message('**"Bread without yeast"**\nEnjoy!')])

    assert await propose_title(assistant, QUESTION, context) == "Bread without yeast"


@pytest.mark.proves("FEAT-title-1")
@pytest.mark.parametrize("step", [ModelStep.raise_error(RuntimeError()), [assistant_message("***")], []])
async def test_a_model_that_fails_leaves_the_first_words(context: RequestContext, step: Any) -> None:
    assert await propose_title(titled_by(step), QUESTION, context) == "How do I bake bread without yeast?"


@pytest.mark.proves("FEAT-title-1")
async def test_a_model_that_hangs_is_given_up(context: RequestContext) -> None:
    async def hang(_: Any) -> Any:
        await asyncio.Event().wait()

    assistant = titled_by(ModelStep.respond(hang))

    assert await propose_title(assistant, QUESTION, context, timeout=0.01) == clean_title(QUESTION)


async def test_no_model_is_asked_when_titles_are_off(context: RequestContext) -> None:
    assistant = Assistant(Agent[Any](name="Agent", model=ScriptedModel()), titles=False)

    assert await propose_title(assistant, "Bread?", context) == "Bread?"


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_function_makes_the_title(context: RequestContext, is_async: bool) -> None:
    def upper(text: str, request: RequestContext) -> str:
        return f"{request.locale}: {text.upper()}"

    async def upper_later(text: str, request: RequestContext) -> str:
        return upper(text, request)

    assistant = Assistant(Agent[Any](name="Agent"), titles=upper_later if is_async else upper)

    assert await propose_title(assistant, "bread", context) == "de: BREAD"


@pytest.mark.proves("FEAT-title-1")
async def test_a_function_that_raises_leaves_the_first_words(context: RequestContext) -> None:
    def broken(text: str, request: RequestContext) -> str:
        raise KeyError(text)

    assistant = Assistant(Agent[Any](name="Agent"), titles=broken)

    assert await propose_title(assistant, "bread", context) == "bread"


async def test_a_message_without_words_gets_no_title_and_costs_no_call(context: RequestContext) -> None:
    assert await propose_title(titled_by(), "  ?!  ", context) == ""


async def test_the_model_is_told_where_the_message_ends_and_only_its_beginning(
    context: RequestContext,
) -> None:
    model = ScriptedModel([[assistant_message("Bread")]])
    own = ModelSettings(store=False, temperature=1.5)
    assistant = Assistant(Agent[Any](name="Agent", model=model, instructions="Be rude.", model_settings=own))
    await propose_title(assistant, "bread " * 10_000, context)

    (call,) = model.calls
    assert "Be rude" not in str(call.system_instructions)
    assert len(str(call.input)) < 2_500
    assert (call.model_settings.store, call.model_settings.temperature) == (False, None)


async def test_the_title_comes_from_the_same_provider(
    provider: FakeProvider, context: RequestContext
) -> None:
    provider.titles.respond(say("Bread without yeast"))
    assistant = load_assistant(Settings(openai_base_url=provider.base_url, model="local-model"))

    assert await propose_title(assistant, QUESTION, context) == "Bread without yeast"
    await assistant.aclose()
    (request,) = provider.requests
    assert (request.body["model"], request.body["store"]) == ("local-model", False)
