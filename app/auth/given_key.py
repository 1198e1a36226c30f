"""The one key of `CHATKIT_JWT_KEY`: a public key as PEM, or a secret shared with who makes the tokens."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import jwt

from app.errors import ConfigurationError

FILE = "file:"
_PEM = "-----BEGIN"


class GivenKey:
    """One key for every token, whatever key it names."""

    def __init__(self, by_algorithm: Mapping[str, Any]) -> None:
        self._by_algorithm = by_algorithm

    async def find(self, _: str | None, algorithm: str) -> Sequence[Any]:
        """Return the key, if it is one for this algorithm."""
        return [self._by_algorithm[algorithm]] if algorithm in self._by_algorithm else ()


def given_key(value: str, algorithms: Collection[str]) -> GivenKey:
    """Return the key in `value`, or in the file it names; raise `ConfigurationError` where it is of no use.

    What is raised holds nothing of the key.
    """
    text = _read(value).strip()
    if "PRIVATE KEY" in text:
        raise ConfigurationError(
            "CHATKIT_JWT_KEY is a private key, which must stay with who makes the tokens: give the public "
            "one, as `openssl pkey -pubout` prints it."
        )
    if text.startswith(f"{_PEM} CERTIFICATE"):
        raise ConfigurationError(
            "CHATKIT_JWT_KEY is a certificate: give its key, as `openssl x509 -pubkey -noout` prints it."
        )
    # In files of variables the lines of a PEM often stand in one.
    text = text.replace("\\n", "\n") if text.startswith(_PEM) else text
    return GivenKey({algorithm: _prepared(text, algorithm) for algorithm in algorithms})


def _read(value: str) -> str:
    if not value.startswith(FILE):
        return value
    path = Path(value.removeprefix(FILE).removeprefix("//"))
    try:
        return path.read_text()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ConfigurationError(f"CHATKIT_JWT_KEY names the file {path}, but {reason}.") from None


def _prepared(text: str, algorithm: str) -> Any:
    verifier = jwt.get_algorithm_by_name(algorithm)
    try:
        key = verifier.prepare_key(text)
        fault = verifier.check_key_length(key)
    except Exception:
        kind = "a shared secret" if algorithm.startswith("HS") else "a public key for it, as PEM"
        raise ConfigurationError(
            f"CHATKIT_JWT_ALGORITHMS names {algorithm}, but CHATKIT_JWT_KEY is not {kind}."
        ) from None
    if fault:
        least = "2048 bits" if algorithm[:2] in ("RS", "PS") else f"{int(algorithm[2:]) // 8} bytes"
        raise ConfigurationError(f"CHATKIT_JWT_KEY is too short for {algorithm}: it needs at least {least}.")
    return key
