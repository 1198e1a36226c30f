"""Which packages are installed here, found without importing them; and what guardrails need beside."""

from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from app.workflows.reading.workflow import Workflow

GUARDRAILS = "openai-guardrails"
GUARDRAILS_ADVICE = f"pip install {GUARDRAILS} (about 300 MB; not guardrails-ai)"
OF_THE_SERVER = {"agents": "openai-agents", "chatkit": "openai-chatkit", "openai": "openai"}
"""Modules that the server has imported before any file of the user's, with what they are installed as.

A file gets these, even where another one of that name lies beside it.
"""
SPACY_MODEL = "en_core_web_sm"


def guardrails_problem(folder: Path) -> str | None:
    """Why the module `guardrails` is not the one that a file in `folder` means; None if it is."""
    if lies_in(folder, "guardrails"):
        return None
    distributions = packages_distributions().get("guardrails", [])
    if GUARDRAILS in distributions:
        return None
    if distributions:
        return f"`guardrails` here is the unrelated package {distributions[0]}; this file needs {GUARDRAILS}"
    return f"guardrails need the package {GUARDRAILS}, which is not installed here"


def language_model_problem(workflow: Workflow) -> tuple[int | None, str | None]:
    """Where a file checks for personal data, and what is missing for it; None twice if nothing is."""
    line = next((config.line for config in workflow.guardrails if "Contains PII" in config.checks), None)
    if line is None or _has_language_model():
        return None, None
    return line, f"Contains PII needs spaCy's language model {SPACY_MODEL}, which is not installed here"


def _has_language_model() -> bool:
    """Whether spaCy finds the model: as an installed package, else in the working directory."""
    try:
        distribution(SPACY_MODEL)
    except PackageNotFoundError:
        return Path(SPACY_MODEL).exists()
    return True


def lies_in(folder: Path, module: str) -> bool:
    """Whether a module is the user's own, beside the file."""
    if module in OF_THE_SERVER:
        return False
    return (folder / f"{module}.py").exists() or (folder / module).is_dir()


def own_spec(module: str) -> ModuleSpec | None:
    """Locate a module of the server where it is installed, whatever comes before it on Python's path."""
    try:
        folder = distribution(OF_THE_SERVER[module]).locate_file("")
    except (KeyError, PackageNotFoundError):
        return None
    return PathFinder.find_spec(module, [str(folder)])


@cache
def find_module(module: str) -> ModuleSpec | None:
    """Locate a module as an import would, but importing none of its parents."""
    parent, _, name = module.rpartition(".")
    if not parent:
        return own_spec(name) or PathFinder.find_spec(name)
    above = find_module(parent)
    places = above.submodule_search_locations if above and above.origin else None
    return PathFinder.find_spec(module, places) if places else None
