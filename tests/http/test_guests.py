"""A browser is a guest: it finds its threads again, and nobody else does."""

from collections.abc import Callable

import pytest

from tests.serving import ChatKitClient, RunningServer, thread_id_of


async def test_a_browser_finds_its_threads_again_by_its_cookie(client: ChatKitClient) -> None:
    events = await client.say("Hello")

    threads = await client.call("threads.list")

    assert [thread["id"] for thread in threads["data"]] == [thread_id_of(events)]


@pytest.mark.proves("OP-threads.list-1")
async def test_another_browser_sees_none_of_them(server: RunningServer, client: ChatKitClient) -> None:
    await client.say("Hello")

    assert (await server.client().call("threads.list"))["data"] == []


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(client: ChatKitClient) -> None:
    cookie = (await client.post("threads.list")).headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize(
    "change", [lambda value: value[:-1], lambda value: "x" + value, lambda _: "guest_1", str.upper]
)
async def test_a_forged_cookie_makes_a_new_guest(
    server: RunningServer, client: ChatKitClient, change: Callable[[str], str]
) -> None:
    await client.say("Hello")
    forged = change(client.http.cookies["chatkit_guest"])

    stranger = server.client(Cookie=f"chatkit_guest={forged}")

    assert (await stranger.call("threads.list"))["data"] == []
