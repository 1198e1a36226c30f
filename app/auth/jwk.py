"""A JWK Set (RFC 7517), as a key server publishes it → its keys by id and by algorithms they can verify."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

import jwt

MAX_KEYS = 100

KeysById: TypeAlias = Mapping[tuple[str | None, str], list[Any]]
"""Public keys by their id (None where they have none) and the name of an algorithm."""


def read_keys(body: bytes, algorithms: Collection[str]) -> KeysById:
    """Return the keys that can verify one of `algorithms`; others, and broken ones, are passed over.

    Raises `ValueError` for what is no JWK Set.
    """
    try:
        document = json.loads(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    published = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(published, list):
        raise ValueError("it is no JWK Set")
    found: dict[tuple[str | None, str], list[Any]] = {}
    for entry in published[:MAX_KEYS]:
        if isinstance(entry, dict) and isinstance(entry.get("kid"), str | None):
            for algorithm, key in _usable(entry, algorithms):
                found.setdefault((entry.get("kid"), algorithm), []).append(key)
    return found


def _usable(entry: Mapping[str, Any], algorithms: Collection[str]) -> Iterator[tuple[str, Any]]:
    if not _is_for_verifying(entry):
        return
    for algorithm in algorithms:
        if entry.get("alg") in (None, algorithm) and (key := _key(entry, algorithm)) is not None:
            yield algorithm, key


def _is_for_verifying(entry: Mapping[str, Any]) -> bool:
    operations = entry.get("key_ops")
    return (
        # A secret that is published is none, and would be taken for one by a token that says HS256.
        entry.get("kty") in ("RSA", "EC", "OKP")
        and "d" not in entry
        and entry.get("use", "sig") == "sig"
        and (not isinstance(operations, list) or "verify" in operations)
    )


def _key(entry: Mapping[str, Any], algorithm: str) -> Any:
    """Return the key if it is one for this algorithm, and long enough."""
    try:
        key = jwt.PyJWK(dict(entry), algorithm)
        prepared = key.Algorithm.prepare_key(key.key)
        return None if key.Algorithm.check_key_length(prepared) else prepared
    except Exception:
        # Whatever one key is like, those beside it stay of use.
        return None
