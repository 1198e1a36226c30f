"""One key for all tokens: a public key, or a secret that the backend shares."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.auth.asking import ask, bearer, refusal
from tests.auth.conftest import MakeSettings, token_settings
from tests.auth.issuer import (
    SECRET,
    by_hand,
    claims,
    hmac_with,
    public_pem,
    token,
)
from tests.serving import serving


@pytest.mark.proves("SEC-30")
@pytest.mark.parametrize(
    ("name", "algorithm", "form"),
    [("rsa", "RS256", "lines"), ("ec", "ES256", "one line"), ("ed", "EdDSA", "file")],
)
async def test_a_public_key_verifies_what_its_private_key_has_signed(
    make_settings: MakeSettings, tmp_path: Path, name: str, algorithm: str, form: str
) -> None:
    pem = public_pem(name)
    (tmp_path / "key.pem").write_text(pem)
    given = {"lines": pem, "one line": pem.replace("\n", "\\n"), "file": f"file:{tmp_path}/key.pem"}[form]
    settings = make_settings(**token_settings(jwt_key=SecretStr(given), jwt_algorithms=(algorithm,)))
    async with serving(settings) as server:
        assert (await ask(server, bearer(token(name, algorithm)))).status_code == 200
        wrong = by_hand({"alg": "HS256"}, claims(), hmac_with(pem))
        assert refusal(await ask(server, bearer(wrong))) == refusal(await ask(server))


@pytest.mark.proves("SEC-30")
async def test_a_shared_secret_verifies_what_the_backend_has_made(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text(SECRET + "\n")
    settings = make_settings(
        **token_settings(jwt_key=SecretStr(f"file:{tmp_path}/secret"), jwt_algorithms=("HS256",))
    )
    async with serving(settings) as server:
        good = by_hand({"alg": "HS256", "kid": "whatever"}, claims(), hmac_with(SECRET))
        assert (await ask(server, bearer(good))).status_code == 200
        none = refusal(await ask(server))
        for secret in ("", SECRET.upper(), SECRET + "\n"):
            wrong = by_hand({"alg": "HS256"}, claims(), hmac_with(secret))
            assert refusal(await ask(server, bearer(wrong))) == none
        for header in ({"alg": "none"}, {"alg": "HS512"}, {"alg": "RS256"}):
            assert refusal(await ask(server, bearer(by_hand(header, claims())))) == none
