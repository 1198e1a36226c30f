"""Everything that the server says to people is translated; what is missing is named, with what to do."""

from pathlib import Path

import polib
import pytest

from tools.catalogues import catalogue_files, problems, update
from tools.sentences import find_sentences, sources

FOUND = find_sentences(sources())
ERRORS = """
class Root(Exception):
    def __init__(self, message: Sentence, *, retry_after: int | None = None, **values: object) -> None: ...
class Refused(Root): ...
class ForDevelopers(Root):
    def __init__(self, message: str, **values: object) -> None: ...
class Late(Refused):
    def __init__(self) -> None:
        super().__init__("Too late.")
@dataclass
class Failure:
    code: str
    sentence: Sentence
    title: Sentence = "Failed"
def told(thread: int, sentence: Sentence) -> None: ...
"""


def test_every_sentence_is_written_out_where_it_is_said() -> None:
    assert "\n".join(FOUND.problems) == ""


@pytest.mark.proves("FEAT-error-1")
@pytest.mark.parametrize("catalogue", catalogue_files(), ids=lambda path: path.stem)
def test_every_sentence_is_translated(catalogue: Path) -> None:
    assert "\n".join(problems(catalogue, FOUND.sentences)) == ""


def test_some_sentences_of_each_kind_are_found() -> None:
    of_an_error = "The message is too long: at most {limit:,} characters."
    of_a_subclass_of_two = "This thread does not exist."
    of_a_failure = "The answer was interrupted because the server restarted."
    of_a_constant = "These questions have been answered already."
    of_a_super_call = "The result of the tool call came too late."
    of_a_field_with_a_default = "Handed over to {agent}"
    assert FOUND.sentences.keys() >= {
        *(of_an_error, of_a_subclass_of_two, of_a_failure, of_a_constant),
        *(of_a_super_call, of_a_field_with_a_default, "Searching the web", "No complete answer"),
    }
    assert "The body must be a JSON object with `type` and `params`." not in FOUND.sentences


@pytest.mark.parametrize(
    ("source", "sentences"),
    [
        ('raise Refused("No.")', ["No."]),
        ('raise errors.Refused("No.", retry_after=1)', ["No."]),
        ('raise Refused("At most {limit}.", limit=3)', ["At most {limit}."]),
        ('raise Refused("Yes." if x else "No.")', ["Yes.", "No."]),
        ('Failure("code", "It failed.")', ["It failed."]),
        ('Failure(code="code", sentence="It failed.", title="Oh")', ["It failed.", "Oh"]),
        ('self.told(1, "Told.")', ["Told."]),
        ('TOLD: Sentence = "Told."\nraise Refused(TOLD)', ["Told."]),
        ("raise Refused(failure.sentence)", []),
        ('raise ForDevelopers(f"{x} is wrong")', []),
        ('raise ValueError("no")', []),
    ],
)
def test_a_literal_for_a_place_that_is_annotated_is_a_sentence(source: str, sentences: list[str]) -> None:
    found = find_sentences({"app/errors.py": ERRORS, "app/threads/some.py": source})
    assert found.problems == []
    assert [text for text, files in found.sentences.items() if "app/threads/some.py" in files] == sentences


def test_what_is_said_to_operators_is_left_out() -> None:
    found = find_sentences({"app/errors.py": ERRORS, "app/admin/some.py": 'raise Refused("No.")'})
    assert list(found.sentences) == ["Too late.", "Failed"]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('raise Refused(f"At most {limit}.")', "write the sentence out"),
        ('raise Refused("At " + most)', "write the sentence out"),
        ('raise Refused("At {}".format(limit))', "write the sentence out"),
        ('TOLD = "Told."\nraise Refused(TOLD)', "annotate TOLD"),
        ('raise Refused("At most {limit}.")', "places"),
        ('raise Refused("At most {limit}.", most=3)', "places"),
        ('raise Refused("At most {limit", limit=3)', "expected '}'"),
    ],
)
def test_a_sentence_that_could_not_be_translated_is_a_problem(source: str, problem: str) -> None:
    found = find_sentences({"app/errors.py": ERRORS, "app/threads/some.py": source})
    assert [problem in said and "app/threads/some.py:" in said for said in found.problems] == [True]


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "de.po"
    entries = polib.POFile()
    entries.header = "Glossary: message = Nachricht"
    entries.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for sentence, translation in (("No.", "Nein."), ("Gone.", "Weg."), ("{n:,} files", "{n} Dateien")):
        entries.append(polib.POEntry(msgid=sentence, msgstr=translation))
    entries.save(str(path))
    return path


SAID = {"Yes.": ["app/a.py"], "No.": ["app/a.py", "app/b.py"], "{n:,} files": ["app/c.py"]}


def test_what_a_catalogue_lacks_is_named_with_its_place_and_the_way(catalogue: Path) -> None:
    missing, differs, unknown = problems(catalogue, SAID)
    assert "'Yes.' (app/a.py) has no translation. `make sentences`" in missing
    assert "differ in their {places}" in differs
    assert "'Gone.' is said nowhere" in unknown


def test_bringing_a_catalogue_up_to_date_keeps_what_is_translated(catalogue: Path) -> None:
    update(catalogue, SAID)
    text = catalogue.read_text()
    assert [(entry.msgid, entry.msgstr) for entry in polib.pofile(str(catalogue))] == [
        ("Yes.", ""),
        ("No.", "Nein."),
        ("{n:,} files", "{n} Dateien"),
    ]
    assert text.startswith("# Glossary: message = Nachricht")
    update(catalogue, SAID)
    assert catalogue.read_text() == text
