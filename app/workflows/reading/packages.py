"""Which packages are installed here, found without importing them; and what guardrails need beside."""

from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from app.workflows.reading.workflow import Workflow

GUARDRAILS = "openai-guardrails"
GUARDRAILS_ADVICE = f"pip install {GUARDRAILS} (about 300 MB; not guardrails-ai)"
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
    return (folder / f"{module}.py").exists() or (folder / module).is_dir()


@cache
def find_module(module: str) -> ModuleSpec | None:
    """Locate a module as an import would, but importing none of its parents."""
    parent, _, name = module.rpartition(".")
    if not parent:
        return PathFinder.find_spec(name)
    above = find_module(parent)
    places = above.submodule_search_locations if above and above.origin else None
    return PathFinder.find_spec(module, places) if places else None
