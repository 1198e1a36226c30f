"""What the server says to people, in their language.

    sentence.py        the type that marks what is translated
    negotiation.py     the `Accept-Language` of a request → the languages it asks for
    translation.py     a sentence → the same in another language, its values filled in
    catalogues/*.po    the translations, files of GNU gettext; `docs/translating.md` says how to edit them

Sentences are written in English where they are said. `make sentences` finds them and brings the catalogues
up to date. What only developers and operators read stays English: `errors.Malformed`, the command line, the
logs. So does what is said to a model.
"""

from app.languages.negotiation import languages_wanted
from app.languages.sentence import Sentence
from app.languages.translation import ENGLISH, LANGUAGES, language_for, translated

__all__ = ["ENGLISH", "LANGUAGES", "Sentence", "language_for", "languages_wanted", "translated"]
