"""The page, the element and their files: compressed, remembered by browsers, and nothing besides them."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from app.page import routes
from app.settings import Settings
from tests.serving import ChatKitClient, serving, user_input

SCRIPT = "// ünicode\n" + "export const words = 'and again';\n" * 500


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>The page</title>")
    (folder / "chatkit.js").write_text(SCRIPT)
    (folder / "assets/index-abc.css").write_text("a { color: red }\n" * 500)
    (folder / "assets/icon.svg").write_text("<svg/>")
    return folder


@pytest.fixture
async def client(
    settings: Settings, static: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ChatKitClient]:
    """A browser of a server that serves these files."""
    monkeypatch.setattr(routes, "STATIC", static)
    async with serving(settings) as server:
        yield server.client()


async def get(client: ChatKitClient, path: str, accepted: str = "", **headers: str) -> httpx2.Response:
    return await client.http.get(path, headers={"accept-encoding": accepted, **headers})


@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP;q=0.5", "*", "x, *;q=0.1"])
async def test_a_script_is_compressed_for_browsers_that_read_it(client: ChatKitClient, accepted: str) -> None:
    response = await get(client, "/chatkit.js", accepted)
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) < len(SCRIPT) / 5
    assert "Accept-Encoding" in response.headers["vary"]
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.text == SCRIPT


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", ";;,="])
async def test_others_get_it_as_it_is(client: ChatKitClient, accepted: str) -> None:
    response = await get(client, "/chatkit.js", accepted)
    assert "content-encoding" not in response.headers
    assert "Accept-Encoding" in response.headers["vary"]
    assert response.text == SCRIPT


@pytest.mark.parametrize("path", ["/chatkit.js", "/assets/index-abc.css", "/"])
async def test_what_the_browser_has_is_not_sent_again(client: ChatKitClient, path: str) -> None:
    plain, packed = await get(client, path), await get(client, path, "gzip")
    for first, accepted in ((plain, ""), (packed, "gzip")):
        tag = first.headers["etag"]
        again = await get(client, path, accepted, **{"if-none-match": f'"other", W/{tag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == first.headers["cache-control"]
        assert (await get(client, path, accepted, **{"if-none-match": '"other"'})).status_code == 200


async def test_the_two_forms_of_a_file_are_told_apart(client: ChatKitClient) -> None:
    plain, packed = await get(client, "/chatkit.js"), await get(client, "/chatkit.js", "gzip")
    assert plain.headers["etag"] != packed.headers["etag"]


async def test_a_file_that_is_built_anew_is_sent_anew(client: ChatKitClient, static: Path) -> None:
    tag = (await get(client, "/chatkit.js", "gzip")).headers["etag"]
    (static / "chatkit.js").write_text(SCRIPT + "// more")
    response = await get(client, "/chatkit.js", "gzip", **{"if-none-match": tag})
    assert (response.status_code, response.text) == (200, SCRIPT + "// more")


async def test_assets_are_kept_for_good_and_the_page_and_the_element_are_asked_for_again(
    client: ChatKitClient,
) -> None:
    assert "immutable" in (await get(client, "/assets/icon.svg")).headers["cache-control"]
    for path in ("/", "/chatkit.js"):
        assert (await get(client, path)).headers["cache-control"] == "no-cache"


async def test_a_head_request_says_how_long_the_file_is(client: ChatKitClient) -> None:
    response = await client.http.head("/chatkit.js", headers={"accept-encoding": "gzip"})
    assert response.status_code == 200
    assert int(response.headers["content-length"]) == len(gzip.compress(SCRIPT.encode(), mtime=0))


@pytest.mark.parametrize("name", [".", "%2e%2e", "none.js", "%00", "..%2findex.html", "a" * 5_000, "%ff"])
async def test_nothing_but_the_files_is_served(client: ChatKitClient, name: str) -> None:
    response = await client.http.get(httpx2.URL("/assets/").copy_with(raw_path=f"/assets/{name}".encode()))
    assert response.status_code == 404
    assert "message" in response.json()


async def test_a_page_that_was_not_built_is_said_to_be_missing(client: ChatKitClient, static: Path) -> None:
    (static / "index.html").unlink()
    response = await get(client, "/")
    assert response.status_code == 404
    assert "npm" in response.json()["message"]


async def test_streams_are_never_compressed(client: ChatKitClient) -> None:
    body = {"type": "threads.create", "params": {"input": user_input("Hello")}}
    async with client.http.stream(
        "POST", "/chatkit", json=body, headers={"accept-encoding": "gzip"}
    ) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in response.headers
        await response.aread()
