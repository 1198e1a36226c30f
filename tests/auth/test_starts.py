"""A way to sign in that is not fully set up stops the start, with one sentence that says what to do."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.auth.authenticator import authenticator
from app.errors import ConfigurationError
from app.settings import Settings
from tests.auth.conftest import MakeSettings, token_settings
from tests.auth.issuer import SECRET, private_pem, public_pem
from tests.serving import serving

URL = "https://id.example/jwks.json"
KEY = "0123456789abcdef" * 8


def sentence(**fields: Any) -> str:
    with pytest.raises(ConfigurationError) as error:
        authenticator(Settings(**fields), KEY)
    said = str(error.value)
    assert "\n" not in said
    assert said.endswith(".")
    return said


@pytest.mark.proves("REL-53")
@pytest.mark.parametrize("missing", ["jwt_issuer", "jwt_audience", "jwt_algorithms"])
def test_what_pins_a_token_is_required(missing: str) -> None:
    said = sentence(**token_settings(jwt_jwks_url=URL, **{missing: None}))
    assert f"set CHATKIT_{missing.upper()} to" in said


@pytest.mark.proves("REL-53")
def test_all_that_is_missing_is_said_at_once() -> None:
    assert "CHATKIT_JWT_ISSUER and CHATKIT_JWT_AUDIENCE and CHATKIT_JWT_ALGORITHMS" in sentence(auth=("jwt",))


@pytest.mark.proves("REL-53")
def test_there_is_one_place_for_keys() -> None:
    for fields in (token_settings(), token_settings(jwt_jwks_url=URL, jwt_key=SecretStr(SECRET))):
        assert "either CHATKIT_JWT_JWKS_URL" in sentence(**fields)


@pytest.mark.proves("SEC-30", "REL-53")
@pytest.mark.parametrize(
    "fields",
    [
        {"jwt_jwks_url": URL, "jwt_algorithms": ("HS256",)},
        {"jwt_jwks_url": URL, "jwt_algorithms": ("RS256", "HS256")},
        {"jwt_key": SecretStr(SECRET), "jwt_algorithms": ("HS256", "RS256")},
    ],
)
def test_secrets_and_public_keys_are_not_mixed(fields: dict[str, Any]) -> None:
    assert "must not mix" in sentence(**token_settings(**fields))


@pytest.mark.proves("SEC-30", "SEC-61")
@pytest.mark.parametrize(
    ("algorithm", "key", "said"),
    [
        ("HS256", "short secret", "at least 32 bytes"),
        ("HS512", SECRET, "at least 64 bytes"),
        ("HS256", public_pem("rsa"), "not a shared secret"),
        ("RS256", SECRET, "not a public key"),
        ("RS256", public_pem("ec"), "not a public key"),
        ("ES384", public_pem("ec"), "not a public key"),
        ("RS256", public_pem("short"), "at least 2048 bits"),
        ("RS256", private_pem("rsa"), "give the public one"),
        ("ES256", private_pem("ec"), "give the public one"),
        ("RS256", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "is a certificate"),
        ("HS256", "file:/nowhere/at/all", "No such file"),
    ],
)
def test_a_key_that_does_not_fit_is_refused_and_not_shown(algorithm: str, key: str, said: str) -> None:
    refused = sentence(**token_settings(jwt_key=SecretStr(key), jwt_algorithms=(algorithm,)))
    assert said in refused
    assert key not in refused


def test_a_key_in_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe\x00")
    given = SecretStr(f"file:{tmp_path / 'key'}")
    assert "is no text" in sentence(**token_settings(jwt_key=given, jwt_algorithms=("HS256",)))


@pytest.mark.proves("REL-53")
@pytest.mark.parametrize("url", ["http://id.example/jwks", "http://8.8.8.8/jwks", "http://[2606:4700::1]/"])
def test_keys_are_not_fetched_from_the_open_net_in_the_clear(url: str) -> None:
    assert "must be https" in sentence(**token_settings(jwt_jwks_url=url))


@pytest.mark.parametrize(
    "url", ["id.example", "ftp://id.example/jwks", "https://", "https://u:p@id.example/"]
)
def test_an_address_of_keys_is_an_address(url: str) -> None:
    said = sentence(**token_settings(jwt_jwks_url=url))
    assert "no address such as" in said
    assert "u:p" not in said


@pytest.mark.parametrize(
    "url",
    [
        "http://keycloak:8080/certs",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://10.1.2.3/k",
        "http://id.internal/",
    ],
)
def test_a_key_server_in_the_own_network_may_be_plain(url: str) -> None:
    authenticator(Settings(**token_settings(jwt_jwks_url=url)), KEY)


@pytest.mark.proves("SEC-34", "REL-53")
@pytest.mark.parametrize(
    "fields",
    [{}, {"proxy_user_header": "X-Forwarded-User"}, {"trusted_proxies": ("10.0.0.2",)}],
)
def test_a_proxy_needs_its_header_and_its_addresses(fields: dict[str, Any]) -> None:
    said = sentence(auth=("proxy",), **fields)
    assert "CHATKIT_PROXY_USER_HEADER" in said
    assert "CHATKIT_TRUSTED_PROXIES" in said


@pytest.mark.parametrize("header", ["", "X User", "X-User:", "X_User", "Ü"])
def test_the_header_of_a_proxy_has_a_name(header: str) -> None:
    fields = {"auth": ("proxy",), "trusted_proxies": ("10.0.0.2",)}
    assert "is not the name of a header" in sentence(**fields, proxy_user_header=header)
    assert "is not the name" in sentence(**fields, proxy_user_header="X-User", proxy_roles_header=header)


@pytest.mark.proves("SEC-34", "REL-53")
@pytest.mark.parametrize("networks", ["0.0.0.0/0", "10.0.0.2,::/0", "10.0.0.5/8", "proxy.example", "*"])
def test_nobody_trusts_everybody(networks: str) -> None:
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings(trusted_proxies=networks)


@pytest.mark.proves("REL-53")
@pytest.mark.parametrize(
    "fields",
    [
        {"jwt_issuer": "https://id.example/"},
        {"jwt_jwks_url": URL},
        {"jwt_key": SecretStr(SECRET)},
        {"proxy_user_header": "X-Forwarded-User"},
        {**token_settings(jwt_jwks_url=URL), "proxy_user_header": "X-Forwarded-User"},
    ],
)
def test_what_is_set_up_has_to_be_on(fields: dict[str, Any]) -> None:
    assert "nobody would have to sign in that way" in sentence(**fields)


async def test_the_start_says_which_ways_are_on(make_settings: MakeSettings) -> None:
    fields = token_settings(auth=("guest", "jwt"), jwt_key=SecretStr(SECRET), jwt_algorithms=("HS256",))
    async with serving(make_settings(**fields)) as server:
        assert server.http.lifespan.state["running"].summary.endswith("signing in: jwt, guest")


@pytest.mark.parametrize(("anywhere", "warnings"), [(True, 1), (False, 0)])
def test_the_start_warns_where_anybody_is_a_guest(
    anywhere: bool, warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    authenticator(Settings(guest_anywhere=anywhere), KEY)
    assert (
        len([record for record in caplog.records if "CHATKIT_GUEST_ANYWHERE" in record.message]) == warnings
    )
