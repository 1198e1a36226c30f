"""The forms a database URL may have."""

import pytest

from app.db.urls import libpq_url, place, socket_url, with_database
from app.errors import ConfigurationError


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_every_usual_scheme_is_understood(scheme: str) -> None:
    assert (
        libpq_url(f"{scheme}://u:p%40w@db.example:5433/name") == "postgresql://u:p%40w@db.example:5433/name"
    )


def test_sqlalchemys_ssl_parameter_becomes_libpqs() -> None:
    assert libpq_url("postgresql+asyncpg://h/d?ssl=require") == "postgresql://h/d?sslmode=require"


def test_parameters_are_added_unless_the_url_has_them() -> None:
    url = "postgresql://h/d?application_name=mine"
    assert libpq_url(url, application_name="ours", options="-csearch_path=a b") == (
        "postgresql://h/d?application_name=mine&options=-csearch_path%3Da%20b"
    )


def test_a_url_without_a_host_keeps_its_form() -> None:
    assert libpq_url("postgresql:///name?host=/var/run/postgresql") == (
        "postgresql:///name?host=%2Fvar%2Frun%2Fpostgresql"
    )


def test_a_folder_with_unusual_characters_survives() -> None:
    url = socket_url("/tmp/a b+c%/é", "role", "name")
    assert url == "postgresql://role@/name?host=%2Ftmp%2Fa%20b%2Bc%25%2F%C3%A9"
    assert libpq_url(url) == url
    assert place(url) == "/tmp/a b+c%/é/name"


def test_another_database_of_the_same_server() -> None:
    assert with_database("postgresql://u@h:1/a?sslmode=require", "b c") == (
        "postgresql://u@h:1/b%20c?sslmode=require"
    )


def test_what_is_shown_of_a_url_holds_no_password() -> None:
    assert place("postgresql://user:secret@db.example:5432/name?sslmode=require") == "db.example:5432/name"


@pytest.mark.proves("SEC-61")
@pytest.mark.parametrize("password", ["se/cret", "se?cret", "se#cret", "se:cret/1", "12/secret", "se@cr/et"])
def test_a_password_that_is_not_encoded_is_not_taken_for_a_host_and_shown(password: str) -> None:
    with pytest.raises(ConfigurationError, match="%2F") as caught:
        libpq_url(f"postgresql://user:{password}@db.example/name")
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["postgresql://u:p%2Fw@[::1]:5432/d", "postgresql://u@a:5432,b:5433/d", "postgresql://u:p:q@h/d"]
)
def test_other_unusual_authorities_are_understood(url: str) -> None:
    assert libpq_url(url) == url


@pytest.mark.parametrize(
    "url", ["mysql://u:secret@h/d", "sqlite:///secret", "secret", "", "postgresql://[secret"]
)
def test_anything_else_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        libpq_url(url)
    assert "postgresql://" in str(caught.value)
    assert "secret" not in str(caught.value)
