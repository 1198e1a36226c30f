"""A clean environment: only what a test sets is set."""

import os

import pytest

from app.context import Principal, RequestContext
from app.ids import UserId


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("CHATKIT_", "OPENAI_")):
            monkeypatch.delenv(name)


@pytest.fixture
def context() -> RequestContext:
    return RequestContext(
        Principal(UserId("user_one")), request_id="req_1", locale="de", metadata={"plan": "pro"}
    )
