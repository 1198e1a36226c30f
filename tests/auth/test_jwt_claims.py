"""From claims to a principal: where user id and roles are found, and what is none."""

from typing import Any

import pytest

from app.auth.jwt_claims import claim, principal_of
from app.auth.jwt_rules import TokenRules
from app.context import Principal
from app.ids import UserId

CLAIMS: dict[str, Any] = {
    "sub": "alice",
    "oid": "7",
    "number": 7,
    "scope": "chat read-only",
    "https://chat.example/roles": ["a", "b"],
    "https://chat.example/app": {"roles": ["c"]},
    "realm_access": {"roles": ["d"], "d.e": {"f": "g"}},
    "none": None,
    "empty": {"": "x"},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sub", "alice"),
        ("realm_access.roles", ["d"]),
        ("realm_access.d.e.f", "g"),
        ("https://chat.example/roles", ["a", "b"]),
        ("https://chat.example/app.roles", ["c"]),
        ("sub.roles", None),
        ("realm_access.", None),
        (".roles", None),
        ("", None),
        ("realm_access.roles.0", None),
        ("nobody", None),
    ],
)
def test_a_path_leads_through_objects_and_names_may_hold_dots(path: str, value: object) -> None:
    assert claim(CLAIMS, path) == value


def principal(user_claim: str = "sub", roles_claim: str | None = None) -> Principal | None:
    return principal_of(CLAIMS, TokenRules("issuer", ("audience",), ("RS256",), user_claim, roles_claim))


@pytest.mark.parametrize(
    ("roles_claim", "roles"),
    [
        (None, set()),
        ("nobody", set()),
        ("none", set()),
        ("scope", {"chat", "read-only"}),
        ("https://chat.example/roles", {"a", "b"}),
    ],
)
def test_roles_are_a_list_or_words(roles_claim: str | None, roles: set[str]) -> None:
    assert principal(roles_claim=roles_claim) == Principal(UserId("alice"), frozenset(roles))


@pytest.mark.proves("SEC-32")
@pytest.mark.parametrize("user_claim", ["number", "realm_access", "nobody", "none"])
def test_a_user_id_is_a_text(user_claim: str) -> None:
    assert principal(user_claim) is None
    assert principal("oid") == Principal(UserId("7"))


@pytest.mark.proves("SEC-32")
@pytest.mark.parametrize("roles_claim", ["number", "realm_access"])
def test_roles_that_cannot_be_read_let_nobody_in(roles_claim: str) -> None:
    assert principal(roles_claim=roles_claim) is None
