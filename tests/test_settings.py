"""What the environment says, and what stops a start because of it."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.errors import ConfigurationError
from app.settings import PREFIX, Settings, load_settings

SECRETS = {
    "CHATKIT_DATABASE_URL": "postgresql://app:hidden@db/chat",
    "CHATKIT_MIGRATION_DATABASE_URL": "postgresql://owner:hidden@db/chat",
    "CHATKIT_SECRET_KEY": "hidden",
    "OPENAI_API_KEY": "hidden",
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith((PREFIX, "OPENAI_")):
            monkeypatch.delenv(name)


def refusal(**overrides: object) -> str:
    with pytest.raises(ConfigurationError) as error:
        load_settings(**overrides)
    return str(error.value)


@pytest.mark.proves("REL-53")
def test_a_variable_that_no_setting_has_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_DATABSE_URL", "postgresql://db/chat")
    assert refusal() == "Unknown setting CHATKIT_DATABSE_URL; docs/settings.md lists all of them."


@pytest.mark.proves("REL-53")
def test_openais_own_names_are_not_taken_with_our_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_OPENAI_API_KEY", "sk-1")
    assert "CHATKIT_OPENAI_API_KEY" in refusal()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "chat.example.org"])
@pytest.mark.proves("REL-53")
def test_guests_are_refused_beyond_this_machine(host: str) -> None:
    sentence = refusal(host=host)
    assert host in sentence
    assert "bind to 127.0.0.1" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_guests_are_let_in_on_this_machine(host: str) -> None:
    assert load_settings(host=host).host == host


def test_an_operator_may_say_that_an_address_is_private(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_GUEST_ANYWHERE", "true")
    assert load_settings(host="0.0.0.0").host == "0.0.0.0"


@pytest.mark.proves("REL-53")
def test_every_origin_at_once_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_ALLOWED_ORIGINS", "https://a.example, *")
    assert "must name origins exactly" in refusal()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHATKIT_PORT", "65536"),
        ("CHATKIT_PORT", "http"),
        ("CHATKIT_AUTH", "none"),
        ("CHATKIT_HEARTBEAT_SECONDS", "16"),
        ("CHATKIT_HISTORY_TOKENS", "0"),
    ],
)
@pytest.mark.proves("REL-53")
def test_a_value_out_of_bounds_is_said_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert refusal().startswith(f"{name}: ")


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_PORT", "8001")
    assert load_settings(port=None).port == 8001
    assert load_settings(port=8002).port == 8002


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert settings.database_url is None
    assert settings.openai_api_key is None


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_ALLOWED_ORIGINS", " https://a.example , https://b.example,")
    assert load_settings().allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.proves("SEC-61")
def test_no_secret_is_shown_by_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.openai_api_key == SecretStr("hidden")
    for shown in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "hidden" not in shown


@pytest.mark.proves("SEC-61")
def test_no_secret_is_shown_by_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CHATKIT_PORT", "none")
    assert "hidden" not in refusal(host="0.0.0.0")


def test_settings_do_not_change_once_made(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]
