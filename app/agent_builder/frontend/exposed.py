"""Keys that stand in a file, or are given to browsers by their name. Shows the last four characters."""

import re
from collections.abc import Iterator

from app.agent_builder.frontend.said import Said
from app.workflows.reading.secrets import KNOWN_SECRETS

_GIVEN_OUT = re.compile(
    r"\b(?:NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|NUXT_PUBLIC|PUBLIC|GATSBY)_(?:(?!DOMAIN)\w)*?"
    r"(?:OPENAI_API|CHATKIT_SERVER)_KEY\b"
)
_IN_BROWSERS = re.compile(r"\bdangerouslyAllowBrowser\b")
DO = (
    "Take it out, and make a new one today: the old one is known. Keys belong to servers; the page gets a "
    "short-lived client secret."
)


def exposed(text: str) -> Iterator[Said]:
    """Yield what gives a key away."""
    for found in KNOWN_SECRETS.finditer(text):
        if found[0].startswith(("sk-", "ek_")) and re.search(r"\d", found[0]):
            yield Said("key-in-page", found.start(), f"A key that ends in {found[0][-4:]} stands here.", DO)
    for found in _GIVEN_OUT.finditer(text):
        what = f"{found[0]} is built into the page by its name, whatever its value is."
        yield Said("key-in-page", found.start(), what, DO)
    for found in _IN_BROWSERS.finditer(text):
        yield Said("key-in-page", found.start(), "A client with a key runs in the browser here.", DO)
