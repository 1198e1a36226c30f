"""What has to be there before an export is imported, each said in one sentence rather than in a traceback."""

import ast
from pathlib import Path

from app.errors import ConfigurationError
from app.settings import Settings
from app.workflows.reading.packages import SPACY_MODEL, guardrails_problem, language_model_problem
from app.workflows.reading.workflow import Workflow

EXTRA = "pip install 'chatkit-server[guardrails]' (about 300 MB; not the package guardrails-ai)"


def check_prerequisites(workflow: Workflow, path: Path, settings: Settings) -> None:
    """Raise `ConfigurationError` for the first thing that is missing."""
    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise ConfigurationError(
            f"OPENAI_API_KEY is not set, and {path.name} asks OpenAI's models: set it, or OPENAI_BASE_URL "
            "for a model server of your own."
        )
    if _imports(workflow.module.tree, "guardrails"):
        problem = guardrails_problem(path.parent)
        if problem:
            raise ConfigurationError(f"{path.name}: {problem}: {EXTRA}")
    line, problem = language_model_problem(workflow)
    if problem:
        raise ConfigurationError(
            f"{path.name}, line {line}: {problem}: python -m spacy download {SPACY_MODEL}"
        )


def _imports(tree: ast.Module, package: str) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == package:
            return True
        if isinstance(node, ast.Import) and any(
            name.name.partition(".")[0] == package for name in node.names
        ):
            return True
    return False
