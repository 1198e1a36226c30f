"""What commands print: nothing that others have said may do more to a terminal than be read there."""

import sys

WIDTH = 200


def one_line(text: str) -> str:
    """Return a text harmless for a terminal, and no longer than is worth reading."""
    return "".join(character if character.isprintable() else "�" for character in text)[:WIDTH]


def print_text(text: str) -> None:
    """Print, whatever the terminal's encoding can say."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
