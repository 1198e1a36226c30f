"""A sentence in another language."""

import pytest

from app.errors import BadRequest, ChatKitServerError, Malformed
from app.languages import LANGUAGES, translated

TOO_LONG = "The message is too long: at most {limit:,} characters."


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The message is too long: at most 100,000 characters."),
        ("de", "Die Nachricht ist zu lang: höchstens 100.000 Zeichen."),
        ("es", "El mensaje es demasiado largo: como máximo 100\u202f000 caracteres."),
        ("fr", "Le message est trop long\u00a0: 100\u202f000 caractères au maximum."),
        ("ja", "メッセージが長すぎます。100,000 文字以内にしてください。"),
        ("zh", "消息过长，最多 100,000 个字符。"),
        ("zh-Hant", "訊息過長，最多 100,000 個字元。"),
    ],
)
def test_values_are_filled_in_and_numbers_are_written_as_people_write_them(language: str, said: str) -> None:
    assert translated(TOO_LONG, language, {"limit": 100_000}) == said


def test_a_comma_of_a_value_is_nobodys_thousand() -> None:
    said = translated("Handed over to {agent}", "de", {"agent": "Sales, {north}"})
    assert said == "An Sales, {north} übergeben"


@pytest.mark.parametrize("language", ["nl", "", "../de", "de.po", "EN"])
def test_a_language_we_do_not_speak_is_english(language: str) -> None:
    assert translated("The title is empty.", language) == "The title is empty."


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_has_translated_is_said_as_it_is(language: str) -> None:
    assert translated("The {assistant}'s own: 100 %, {}", language) == "The {assistant}'s own: 100 %, {}"


def test_the_english_of_an_error_is_what_stands_in_the_logs() -> None:
    error = BadRequest(TOO_LONG, limit=100_000)
    assert str(error) == error.message == "The message is too long: at most 100,000 characters."
    assert translated(error.sentence, "de", error.values).startswith("Die Nachricht")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_only_a_developer_can_bring_about_stays_english(language: str) -> None:
    error: ChatKitServerError = Malformed("Unknown request type {type!r}.", type="x")
    assert translated(error.sentence, language, error.values) == "Unknown request type 'x'."
