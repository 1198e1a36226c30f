"""How large an item is for a model, roughly.

The estimate is four bytes of UTF-8 a token plus a little for each item: close for English, a little low for
code, Chinese and Japanese. It decides only when old turns are left out, so it is worth neither a tokenizer
per model nor the files that one downloads.
"""

from collections.abc import Iterable, Mapping

BYTES_PER_TOKEN = 4
TOKENS_PER_ITEM = 4
TOKENS_PER_IMAGE = 1_000
TOKENS_PER_FILE = 2_000

_FLAT_RATES = {"input_image": TOKENS_PER_IMAGE, "input_file": TOKENS_PER_FILE, "input_audio": TOKENS_PER_FILE}


def estimated_tokens(items: Iterable[object]) -> int:
    """Estimate the tokens of portable items; never less than 1 for an item, 0 for none."""
    return sum(TOKENS_PER_ITEM + _tokens(item) for item in items)


def _tokens(value: object) -> int:
    match value:
        case str():
            return -(-len(value.encode("utf-8", "replace")) // BYTES_PER_TOKEN)
        case {"type": "input_file", "tokens": int(tokens)}:
            return tokens
        case Mapping() if value.get("type") in _FLAT_RATES:
            return _FLAT_RATES[value["type"]]
        case Mapping():
            return sum(_tokens(part) for part in value.values())
        case list():
            return sum(_tokens(part) for part in value)
        case _:
            return 0
