"""The translations of what the server says, kept in step with its sources: `make sentences`.

Writes an entry into every catalogue for each new sentence, removes those of sentences that are gone, and says
what is to be translated. Must never write a translation.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polib

from tools.sentences import find_sentences, places_of, sources
from tools.tracked import ROOT

FOLDER = ROOT / "app" / "languages" / "catalogues"
WIDTH = 100
FLAG = "python-brace-format"


def catalogue_files() -> list[Path]:
    """Return the catalogues, one a language."""
    return sorted(FOLDER.glob("*.po"))


def update(path: Path, sentences: Mapping[str, Sequence[str]]) -> None:
    """Give a catalogue an entry for each sentence and for nothing else; what is translated stays."""
    catalogue = _read(path)
    known = {entry.msgid: entry.msgstr for entry in catalogue if not entry.fuzzy}
    catalogue[:] = [
        polib.POEntry(
            msgid=sentence,
            msgstr=known.get(sentence, ""),
            occurrences=[(file, "") for file in files],
            flags=[FLAG] if places_of(sentence) else [],
        )
        for sentence, files in sentences.items()
    ]
    catalogue.save(str(path), newline="\n")


def problems(path: Path, sentences: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield, for each sentence that a catalogue has not or has wrongly, what is to be done about it."""
    catalogue = {entry.msgid: entry for entry in _read(path)}
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    for sentence, files in sentences.items():
        entry = catalogue.get(sentence)
        if entry is None or not entry.translated():
            yield (
                f"{name}: {sentence!r} ({', '.join(files)}) has no translation. "
                f"`make sentences` makes an entry for it; fill in its msgstr."
            )
        elif places_of(sentence) != _places(entry.msgstr):
            yield f"{name}: {sentence!r} and {entry.msgstr!r} differ in their {{places}}: copy them."
    for unknown in catalogue.keys() - sentences.keys():
        yield f"{name}: {unknown!r} is said nowhere. `make sentences` removes it."


def _places(translation: str) -> dict[str, str]:
    try:
        return places_of(translation)
    except ValueError as error:
        return {"": str(error)}


def _read(path: Path) -> polib.POFile:
    return polib.pofile(str(path), wrapwidth=WIDTH)


def main() -> int:
    """Bring every catalogue up to date, and print what is left to do."""
    found = find_sentences(sources())
    left = list(found.problems)
    for path in catalogue_files():
        update(path, found.sentences)
        left += problems(path, found.sentences)
    print(
        "\n".join(left) or f"{len(found.sentences)} sentences, each in {len(catalogue_files()) + 1} languages"
    )
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
