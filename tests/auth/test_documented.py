"""The examples of docs/signing-in.md: every set of variables starts, and the backend's tokens are taken."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.auth.authenticator import authenticator
from app.settings import Settings, load_settings
from tests.auth.asking import ask, bearer
from tests.auth.conftest import MakeSettings
from tests.auth.issuer import SECRET
from tests.serving import serving, user_input
from tools.tracked import ROOT

TEXT = (ROOT / "docs/signing-in.md").read_text()
VARIABLES = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
(BACKEND,) = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
CREATE = {"type": "threads.create", "params": {"input": user_input("Hello")}}


def settings_of(example: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Return the settings of an example, its secret in a file of the test's own."""
    (tmp_path / "secret").write_text(SECRET)
    for line in re.sub("^#.*\n", "", example, flags=re.MULTILINE).splitlines():
        name, _, value = line.partition("=")
        monkeypatch.setenv(name, value.replace("/run/secrets/chat-token", f"{tmp_path}/secret"))
    return load_settings()


@pytest.mark.parametrize("number", range(len(VARIABLES)))
def test_an_example_of_variables_is_all_that_is_needed(
    number: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = authenticator(settings_of(VARIABLES[number], monkeypatch, tmp_path), "k" * 32)
    assert len(made.modes) == 1


async def test_what_the_backend_makes_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_settings: MakeSettings
) -> None:
    (example,) = (example for example in VARIABLES if "CHATKIT_JWT_KEY" in example)
    documented = settings_of(example, monkeypatch, tmp_path)
    module: dict[str, Callable[[str, str, list[str]], str]] = {}
    exec(compile(BACKEND, "signing-in.md", "exec"), module)
    fields = {name: getattr(documented, name) for name in documented.model_fields_set}

    async with serving(make_settings(**fields)) as server:
        for roles, status in (([], 200), (["read-only"], 403)):
            token = module["chat_token"]("alice", SECRET, roles)
            assert (await ask(server, bearer(token))).status_code == 200
            assert (await ask(server, bearer(token), CREATE)).status_code == status
