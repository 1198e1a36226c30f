"""Which languages a request wants, and which of ours that makes."""

import time

import pytest

from app.languages import ENGLISH, LANGUAGES, language_for, languages_wanted


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("de-CH", ["de-CH"]),
        ("de, en;q=0.5, fr;q=0.8", ["de", "fr", "en"]),
        ("en;q=0.2,nl ; q=0.9 , ja;Q=1", ["ja", "nl", "en"]),
        ("es-419, es", ["es-419", "es"]),
        ("fr;q=0, de;q=0.0", []),
        ("de, de;q=0", ["de"]),
        ("de_CH, *, 1, <script>, es", ["es"]),
        ("de;q=2, de;q=0.1234, de;q=x, de;level=1", []),
        ("", []),
        ("x" * 5_000, []),
        (", ".join(["de"] * 500), []),
        ("*," * 20 + "de", []),
    ],
)
@pytest.mark.proves("WIRE-10")
def test_the_most_wanted_language_comes_first(header: str, wanted: list[str]) -> None:
    assert languages_wanted(header) == wanted


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ([], "en"),
        (["de-CH"], "de"),
        (["DE-at-1996"], "de"),
        (["nl-NL", "fr-CA"], "fr"),
        (["en-GB", "de"], "en"),
        (["pl", "cs"], "en"),
        (["es-419"], "es"),
        (["zh"], "zh"),
        (["zh-CN"], "zh"),
        (["zh-Hans-SG"], "zh"),
        (["zh-TW"], "zh-Hant"),
        (["zh-hk"], "zh-Hant"),
        (["zh-Hant"], "zh-Hant"),
        (["zh-Hant-MO"], "zh-Hant"),
        (["deu"], "en"),
        (["../de", "x"], "en"),
    ],
    ids=str,
)
@pytest.mark.proves("WIRE-10")
def test_a_wish_is_met_as_nearly_as_we_can(wanted: list[str], language: str) -> None:
    assert language_for(wanted) == language


def test_english_is_the_language_of_the_sources() -> None:
    assert LANGUAGES[0] == ENGLISH


@pytest.mark.parametrize("header", ["de;" * 300, "a-" * 490, " " * 990, "de" + " " * 900 + ";q", ";q=" * 300])
def test_a_header_that_is_made_to_be_slow_is_not(header: str) -> None:
    began = time.perf_counter()
    for _ in range(100):
        language_for(languages_wanted(header))
    assert time.perf_counter() - began < 1
