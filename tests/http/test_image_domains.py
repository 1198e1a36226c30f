"""Where images in answers may come from: for a new thread our own host, and what the operator adds."""

import pytest
from pydantic import ValidationError

from app.settings import Settings
from app.threads.image_domains import image_domains
from tests.serving import ChatKitClient, serving, thread_id_of, user_input


@pytest.mark.proves("FEAT-imgdom-1")
async def test_a_new_thread_admits_images_of_our_own_host_only(client: ChatKitClient) -> None:
    async with client.stream("threads.create", input=user_input("/list")) as events:
        created = await events.until("thread.created")
        await events.rest()

    assert created["thread"]["allowed_image_domains"] == ["127.0.0.1"]
    thread = await client.call("threads.get_by_id", thread_id=thread_id_of(events))
    assert thread["allowed_image_domains"] == ["127.0.0.1"]
    assert thread["created_at"] == created["thread"]["created_at"]


@pytest.mark.proves("FEAT-imgdom-1")
@pytest.mark.parametrize(
    ("added", "admitted"),
    [(("img.example", "cdn.example:8443"), ["127.0.0.1", "img.example", "cdn.example:8443"]), (("*",), None)],
)
async def test_an_operator_adds_hosts_or_admits_any(
    settings: Settings, added: tuple[str, ...], admitted: list[str] | None
) -> None:
    async with serving(settings.model_copy(update={"image_domains": added})) as server:
        client = server.client()
        events = await client.say("/list")
        thread = await client.call("threads.get_by_id", thread_id=thread_id_of(events))

    assert thread.get("allowed_image_domains") == admitted


@pytest.mark.parametrize(
    ("base_url", "own"),
    [
        ("https://chat.example", "chat.example"),
        ("https://Chat.Example:8443/prefix", "chat.example"),
        ("http://[::1]:8000", "[::1]"),
    ],
)
def test_our_own_host_is_named_as_browsers_name_it(base_url: str, own: str) -> None:
    assert image_domains(base_url, (own, "img.example")) == [own, "img.example"]


@pytest.mark.parametrize("value", ["https://img.example", "img.example/path", "*.example.com", "a b", "-"])
def test_what_is_not_a_host_is_refused_at_the_start(value: str) -> None:
    with pytest.raises(ValidationError, match="is not the name of a host"):
        Settings(image_domains=value)
