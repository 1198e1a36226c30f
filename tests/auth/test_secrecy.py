"""Nothing of a credential gets into the log, whatever its level, nor into what the server shows of itself."""

import logging

import pytest
from pydantic import SecretStr

from app.auth.authenticator import authenticator
from app.settings import Settings
from tests.auth.asking import ask, bearer
from tests.auth.conftest import MakeSettings, token_settings
from tests.auth.issuer import SECRET, by_hand, claims, hmac_with, token
from tests.auth.test_tokens import wrong_tokens
from tests.serving import RunningServer, serving


@pytest.mark.proves("SEC-61")
async def test_the_log_has_reasons_and_no_tokens(
    server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    tokens = [token(sub="alice-subject"), token(sub="bob-subject\0"), *wrong_tokens().values()]
    answers = [await ask(server, bearer(each)) for each in tokens]

    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "a credential was refused" in logged
    for each in tokens:
        for part in each.split("."):
            assert len(part) < 20 or part[:20] not in logged
    assert "-subject" not in logged
    assert all("-subject" not in answer.text for answer in answers)


@pytest.mark.proves("SEC-61")
async def test_the_shared_secret_is_shown_nowhere(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = make_settings(**token_settings(jwt_key=SecretStr(SECRET), jwt_algorithms=("HS256",)))
    async with serving(settings) as server:
        await ask(server, bearer(by_hand({"alg": "HS256"}, claims(), hmac_with(SECRET))))
        await ask(server, bearer(by_hand({"alg": "HS256"}, claims(), hmac_with("wrong"))))
        summary = server.http.lifespan.state["running"].summary
    for shown in (caplog.text, summary, repr(settings), repr(authenticator(settings, "k" * 32))):
        assert SECRET not in shown


@pytest.mark.proves("SEC-61")
def test_a_setting_that_cannot_be_read_does_not_repeat_a_secret() -> None:
    with pytest.raises(ValueError, match="jwt_algorithms") as error:
        Settings(jwt_key=SecretStr(SECRET), jwt_algorithms=("none",))
    assert SECRET not in str(error.value)
