"""A server that lets in whom an identity provider of our own vouches for."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.auth.issuer import AUDIENCE, ISSUER, KeyServer, key_server
from tests.serving import RunningServer, serving

MakeSettings = Callable[..., Settings]


@pytest.fixture
def make_settings(database_url: str, tmp_path: Path) -> MakeSettings:
    """Settings of the demo assistant on the test's own database, and how one signs in to it."""

    def made(**fields: Any) -> Settings:
        return Settings(
            database_url=SecretStr(database_url), data_dir=tmp_path / "data", titles=False, **fields
        )

    return made


@pytest.fixture
async def keys() -> AsyncIterator[KeyServer]:
    """A key server that publishes one key."""
    async with key_server() as running:
        yield running


def token_settings(**fields: Any) -> dict[str, Any]:
    """Return what the mode `jwt` needs; what is changed to None is left out."""
    whole = {
        "auth": ("jwt",),
        "jwt_issuer": ISSUER,
        "jwt_audience": (AUDIENCE,),
        "jwt_algorithms": ("RS256",),
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not None}


@pytest.fixture
async def server(make_settings: MakeSettings, keys: KeyServer) -> AsyncIterator[RunningServer]:
    """The server, in mode `jwt` with that key server."""
    settings = make_settings(**token_settings(jwt_jwks_url=keys.url, jwt_roles_claim="realm_access.roles"))
    async with serving(settings) as running:
        yield running
