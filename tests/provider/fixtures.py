"""The fixture `provider`: a stand-in for OpenAI, over real HTTP, that says what a test tells it to say.

script.py         the words a test writes its replies in
hosted_tools.py   more of them, for tools of the provider
wire.py           frames and controls, which both APIs turn a reply into
responses_api.py  a reply as `/v1/responses` sends it
chat_api.py       the same reply as `/v1/chat/completions` sends it
transcriptions_api.py  the same reply as `/v1/audio/transcriptions` sends it
gates.py          places in a reply where it waits for the test
server.py         the server: which request gets which reply, and what was received

async def test_...(provider):
    provider.respond(think("Hm."), say("Hel", gate("half-way"), "lo"))
    ...                                      # a client of `provider.base_url`
    await provider.waiting_at("half-way")    # the reply has come this far, and waits
    provider.release("half-way")
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.provider.script import say
from tests.provider.server import FakeProvider, serving_provider


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    """A fake OpenAI that says what the test scripts. Titles are answered without being scripted."""
    async with serving_provider() as provider:
        provider.titles.always(say("A short title"))
        yield provider
    assert provider.unscripted == []


@pytest.fixture
def provided(database_url: str, tmp_path: Path, provider: FakeProvider) -> Settings:
    """A server on a database of the test's own, answered for by the fake provider; it makes no titles."""
    return Settings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path,
        titles=False,
        openai_base_url=provider.base_url,
        openai_api_key=SecretStr("sk-test"),
    )
