"""Every Python example for integrators runs as it stands: served, and asked."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.provider.script import say
from tests.provider.server import FakeProvider
from tests.serving import serving
from tools.tracked import ROOT

EXAMPLES = re.findall(
    r"^```python\n(.*?)^```", (ROOT / "docs/assistant.md").read_text(), re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
async def test_an_example_answers(
    number: int, database_url: str, tmp_path: Path, provider: FakeProvider
) -> None:
    module = tmp_path / f"documented_{number}.py"
    module.write_text(EXAMPLES[number])
    provider.respond(say("Hello"))
    settings = Settings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path / "data",
        agent=f"{module}:assistant",
        openai_base_url=provider.base_url,
        openai_api_key=SecretStr("sk-test"),
        titles=False,
    )
    async with serving(settings) as server:
        assert (await server.client().say("Hi")).text == "Hello"
