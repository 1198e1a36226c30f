"""The last wall before a line is written: secrets that are known, and what looks like one, are struck out.

Code must not log them in the first place. This is for what libraries and integrators say.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote

STRUCK_OUT = "[secret]"
SHORTEST = 8
"""Shorter ones would strike out words."""

_LOOKS_LIKE_ONE = "|".join(
    (
        r"\b(?:sk|ek|rk)[-_][A-Za-z0-9_-]{12,}",
        r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
        r"(?<=://)[^\s/@'\"]*:[^\s@'\"]+(?=@)",
        r"(?i:(?<=bearer ))[A-Za-z0-9._~+/=-]{8,}",
        r"(?<=[?&]signature=)[^&\s'\"]+",
        r"(?<=chatkit_guest=)[^;\s'\"]+",
    )
)


class Redaction:
    """Made once, of the secrets that this process holds."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {
            form for secret in secrets for form in (secret, quote(secret, safe="")) if len(secret) >= SHORTEST
        }
        longest_first = sorted(known, key=len, reverse=True)
        self._pattern = re.compile("|".join([*map(re.escape, longest_first), _LOOKS_LIKE_ONE]))

    def of(self, line: str) -> str:
        """Return `line` without them."""
        return self._pattern.sub(STRUCK_OUT, line)
