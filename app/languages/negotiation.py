"""The `Accept-Language` of a request → the languages it asks for (RFC 9110, section 12.5.4).

Looks no language up. What is not a language range is passed over; a header that is too long is none at all.
"""

import re

MAX_HEADER = 1_000
"""Characters; what a browser sends has less than a tenth of them."""

MAX_RANGES = 20

_RANGE = re.compile(
    r"\s*([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3})\s*(?:;\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


def languages_wanted(accept_language: str) -> list[str]:
    """Return BCP 47 tags as they were sent, the most wanted first; none where no wish can be read."""
    if len(accept_language) > MAX_HEADER:
        return []
    wanted: dict[str, float] = {}
    for part in accept_language.split(",", MAX_RANGES)[:MAX_RANGES]:
        if found := _RANGE.fullmatch(part):
            wanted.setdefault(found[1], float(found[2] or 1))
    # Sorting keeps the order of those that are wanted alike.
    return sorted((tag for tag, quality in wanted.items() if quality > 0), key=lambda tag: -wanted[tag])
