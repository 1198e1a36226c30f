"""A server that an export with guardrails answers for, on the real `openai-guardrails`; without it, none.

`make test` installs the package. spaCy's own language model is not to be had from package indexes, so a model
of that name is made here: it splits English into words and knows one person.
"""

import importlib
import importlib.util
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from tests.provider.script import say
from tests.provider.server import FakeProvider, Script
from tests.serving import ChatKitClient, serving
from tests.workflows.hosting import EXPORTS

MODEL = "en_core_web_sm"

FINE = say('{"flagged": false, "confidence": 0.1, "reason": "A plain question."}')


@pytest.fixture(scope="session")
def language_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a model for spaCy lies as an installed package does."""
    if importlib.util.find_spec("guardrails") is None:
        pytest.skip("openai-guardrails is not here: `make test` installs it")
    spacy: Any = importlib.import_module("spacy")
    folder = tmp_path_factory.mktemp("language-model")
    model = spacy.blank("en")
    model.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Frodo Baggins"}])
    model.to_disk(folder / MODEL)
    (folder / MODEL / "__init__.py").write_text(
        "from spacy.util import load_model_from_path\n"
        "from pathlib import Path\n"
        "def load(**options):\n"
        "    return load_model_from_path(Path(__file__).parent, **options)\n"
    )
    metadata = folder / f"{MODEL}-3.8.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {MODEL}\nVersion: 3.8.0\n")
    return folder


@pytest.fixture
def _installed(language_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(language_model))


@pytest.fixture
def file() -> str:
    """The name of the export in `tests/workflows/exports`."""
    return "guard_third.py"


@pytest.fixture
def settings(provided: Settings, tmp_path: Path, _installed: None, file: str) -> Settings:
    shutil.copy(EXPORTS / file, tmp_path / file)
    return provided.model_copy(
        update={"agent": str(tmp_path / file), "disconnect_grace_seconds": 0.0, "flush_seconds": 0.02}
    )


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[ChatKitClient]:
    """A browser."""
    async with serving(settings) as running:
        yield running.client()


@pytest.fixture
def checks(provider: FakeProvider) -> Script:
    """What the model of the guardrails says; without more, that nothing is wrong."""
    provider.titles.always(FINE)
    return provider.titles
