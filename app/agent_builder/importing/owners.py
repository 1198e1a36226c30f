"""Whose each hosted thread becomes. Never anybody's by default, and never two users' together unasked."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.errors import ConfigurationError, Malformed
from app.ids import UserId
from app.threads.characters import storable_id

PLACE = "{user}"
HEADER = ["user", "owner"]


@dataclass(slots=True)
class Owners:
    """The owner of each hosted user. Remembers who has got which, so that nobody shares one unasked."""

    listed: Mapping[str, str] = field(default_factory=dict)
    template: str | None = None
    """For users that are not listed."""
    may_merge: bool = False
    _taken: dict[str, str] = field(default_factory=dict)

    def of(self, user: str | None) -> UserId | None:
        """Return the owner of a hosted user's threads, None if nothing says who that is.

        Raise `Shared` if the owner has another hosted user's threads.
        """
        owner = self._named(user) if user else None
        if user is None or owner is None:
            return None
        if self._taken.setdefault(owner, user) != user and not self.may_merge:
            raise Shared(owner, self._taken[owner])
        return owner

    def _named(self, user: str) -> UserId | None:
        owner = self.listed.get(user)
        if owner is None and self.template is not None:
            owner = self.template.replace(PLACE, user)
        try:
            return None if owner is None else UserId(storable_id(owner))
        except Malformed:
            return None


class Shared(Exception):
    """Two hosted users would have one owner."""

    def __init__(self, owner: str, user: str) -> None:
        super().__init__(f"its owner {owner!r} already has the threads of the hosted user {user!r}")


def read_owners(
    path: Path | None, template: str | None, *, users_match: bool = False, may_merge: bool = False
) -> Owners:
    """Return what the options say; raise `ConfigurationError` with a sentence for what says nothing clear."""
    if template is not None and PLACE not in template:
        raise ConfigurationError(f"The template must hold {PLACE}: without it everybody would be one user.")
    listed = _listed(path) if path else {}
    if not may_merge and (twice := _twice(listed)):
        raise ConfigurationError(
            f"{path} gives the owner {twice[0]!r} the threads of {twice[1]!r} and {twice[2]!r}. Say "
            "--merge-users if they are one person."
        )
    return Owners(listed, PLACE if users_match else template, may_merge)


def _listed(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        pairs = list(_of_json(text) if text.lstrip().startswith("{") else _of_csv(text))
    except (OSError, ValueError, csv.Error) as error:
        raise ConfigurationError(f"{path} is no map of users: {error}.") from None
    listed = dict[str, str]()
    for where, user, owner in pairs:
        if not user or not owner:
            raise ConfigurationError(f"{path}, {where}: a user and an owner are needed.")
        if listed.setdefault(user, owner) != owner:
            raise ConfigurationError(f"{path}, {where}: the user {user!r} has two owners.")
        try:
            storable_id(owner)
        except Malformed as error:
            raise ConfigurationError(f"{path}, {where}: {error.message}") from None
    return listed


def _of_json(text: str) -> Iterator[tuple[str, str, str]]:
    found = json.loads(text, object_pairs_hook=lambda pairs: pairs)
    for user, owner in found:
        if not isinstance(owner, str):
            raise ValueError(f"the owner of {user!r} is not a text")
        yield f"user {user!r}", user, owner


def _of_csv(text: str) -> Iterator[tuple[str, str, str]]:
    rows = csv.reader(io.StringIO(text), strict=True)
    if [name.strip() for name in next(rows, [])] != HEADER:
        raise ValueError(f"its first line must be {','.join(HEADER)}")
    for row in rows:
        if row and len(row) != len(HEADER):
            raise ValueError(f"line {rows.line_num} has {len(row)} columns, not {len(HEADER)}")
        if row:
            yield f"line {rows.line_num}", row[0], row[1].strip()


def _twice(listed: Mapping[str, str]) -> tuple[str, str, str] | None:
    users = dict[str, str]()
    for user, owner in sorted(listed.items()):
        if (other := users.setdefault(owner, user)) != user:
            return owner, other, user
    return None
