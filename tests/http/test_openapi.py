"""`GET /openapi.json`: a description that is valid, whole, and there for everybody."""

import pytest
import schemathesis
from pydantic import SecretStr

from app.settings import Settings
from tests.project.test_documentation import routes
from tests.serving import ChatKitClient, RunningServer, serving
from tests.sessions.backend import KEY

ADDRESS = "/openapi.json"


@pytest.mark.proves("SEC-28")
async def test_it_is_valid_and_describes_every_route_there_is(
    server: RunningServer, client: ChatKitClient
) -> None:
    described = (await client.http.get(ADDRESS)).json()
    schemathesis.openapi.from_dict(described).validate()
    assert described["openapi"].startswith("3.1")

    there = {
        (path, method)
        for path, methods in routes(server.http.config.app)
        for method in methods.lower().split(", ")
    }
    assert {
        (path, method) for path, operations in described["paths"].items() for method in operations
    } == there


async def test_it_is_the_same_for_everybody_and_sent_once(server: RunningServer, settings: Settings) -> None:
    described = await server.client().http.get(ADDRESS)
    known = {"if-none-match": described.headers["etag"]}
    again = await server.client(**known).http.get(ADDRESS)
    head = await server.client().http.head(ADDRESS)
    plain = await server.client(**{"accept-encoding": "identity"}).http.get(ADDRESS)
    strict = settings.model_copy(update={"auth": ("session",), "server_key": SecretStr(KEY)})
    async with serving(strict) as other:
        elsewhere = await other.client().http.get(ADDRESS)

    assert described.headers["content-type"] == "application/json"
    assert described.headers["content-encoding"] == "gzip"
    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.content) == (200, b"")
    assert plain.content == described.content == elsewhere.content
    assert "set-cookie" not in described.headers
