"""Who asks: the columns of the matrix. Each is somebody to whom nothing of the victim's belongs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.auth.guest import COOKIE
from tests.access.things import Things
from tests.serving import ChatKitClient, RunningServer


@dataclass(frozen=True)
class Stranger:
    """Somebody who asks for what is another's."""

    name: str
    client: ChatKitClient
    own: Things | None = None
    """What they have themselves; None for those who have nothing."""


def with_nothing(server: RunningServer) -> ChatKitClient:
    """Return a browser that has never been here."""
    return server.client()


def with_a_forged_cookie(server: RunningServer) -> ChatKitClient:
    """Return a browser with a cookie that nobody has signed."""
    return server.client(cookie=f"{COOKIE}=Imd1ZXN0XzAxIg.AAAAAAAAAAAAAAAAAAAAAAAAAAA")


NEWCOMERS: Mapping[str, Callable[[RunningServer], ChatKitClient]] = {
    "no cookie": with_nothing,
    "forged cookie": with_a_forged_cookie,
}
"""Those who have nothing of their own, by how they come."""

STRANGERS = ("other user", *NEWCOMERS)
