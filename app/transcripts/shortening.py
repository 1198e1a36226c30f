"""Cutting what is too long, so that a reader can tell: the middle goes, a mark stays."""

MARK = "\n[… shortened …]\n"


def shortened_text(text: str, size: int) -> str:
    """Return at most `size` characters of `text`: two thirds from its beginning, the rest from its end."""
    if len(text) <= size:
        return text
    room = max(size - len(MARK), 0)
    head = room * 2 // 3
    tail = room - head
    return text[:head] + MARK[:size] + text[len(text) - tail :]
