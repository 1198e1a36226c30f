"""An exported file, read and repaired in memory but not run: what `--explain` shows and what is imported."""

import ast
import logging
from dataclasses import dataclass
from pathlib import Path

from app.errors import ConfigurationError
from app.workflows.blanking import Blanking
from app.workflows.configuration import Configuration
from app.workflows.reading.source import Source, UnusableFile, read_source
from app.workflows.reading.workflow import Workflow, read_workflow
from app.workflows.rewriting import order, runs
from app.workflows.rewriting.tree import Rewrite, Tree

logger = logging.getLogger(__name__)

_Rewritten = tuple[ast.Module, list[Rewrite], bool]


@dataclass(frozen=True)
class PreparedWorkflow:
    """A file ready to be imported."""

    source: Source
    workflow: Workflow
    """What was read from it; its tree is the repaired one, unless `is_fallback`."""
    tree: ast.Module
    rewrites: list[Rewrite]
    is_fallback: bool
    blank: Blanking

    @property
    def text(self) -> str:
        """The code as it will run, with its secrets blanked out."""
        return self.blank(ast.unparse(self.tree)) + "\n"


def prepare(path: Path, configuration: Configuration) -> PreparedWorkflow:
    """Read and repair a file; raise `ConfigurationError` with a sentence if it cannot be served."""
    source = _readable(path, configuration)
    workflow = read_workflow(source.tree or ast.Module([], []))
    blank = Blanking(workflow.module)
    if workflow.entry is None:
        raise ConfigurationError(
            f"{path} has no function run_workflow, as a file exported by Agent Builder has. An agent of your "
            f"own is named after a colon: {path}:agent"
        )
    tree, rewrites, is_fallback = _rewritten(workflow, source, configuration)
    return PreparedWorkflow(source, workflow, tree, rewrites, is_fallback, blank)


def explained(path: Path, configuration: Configuration) -> str:
    """Return the code of a file as it would run, secrets blanked out, after the list of what was changed."""
    prepared = prepare(path, configuration)
    lines = [f"# {path}: what is changed when it is loaded. The file itself stays as it is."]
    for rewrite in sorted(prepared.rewrites, key=lambda found: found.line or 0):
        place = f"line {rewrite.line}: " if rewrite.line else ""
        lines.append(f"# {place}{rewrite.what} [{rewrite.name}{'' if rewrite.done else ', not repaired'}]")
    return "\n".join([*lines, "", prepared.text])


def _readable(path: Path, configuration: Configuration) -> Source:
    """Read a file; what keeps it from being parsed is said with line, cause and repair."""
    try:
        source = read_source(path)
    except UnusableFile as error:
        raise ConfigurationError(str(error)) from None
    if source.is_typescript:
        raise ConfigurationError(
            f"{path} is TypeScript, and only Python runs here: export the same version as Python. "
            "`chatkit-server agent-builder check` lists what is in it."
        )
    if source.mended and configuration.workflow.repair_field_names and source.tree is not None:
        return source
    if source.problems:
        blocking = [problem for problem in source.problems if problem.kind != "field-name"]
        first = min(blocking or source.problems, key=lambda problem: problem.line)
        offer = (
            " Or have it repaired when it is loaded: repair_field_names = true under [workflow] in its "
            "configuration."
            if source.mended and source.tree is not None
            else ""
        )
        raise ConfigurationError(f"{path}, line {first.line}: {first.message}. {first.advice}{offer}")
    return source


def _rewritten(workflow: Workflow, source: Source, configuration: Configuration) -> _Rewritten:
    """Rewrite the tree; where that leaves nothing that could be streamed, take the file as it is."""
    if configuration.workflow.as_it_is:
        return _as_it_is(source, "the settings say so")
    tree = Tree(workflow, configuration, source.mended)
    order.rewrite(tree)
    if not any(rewrite.name == runs.NAME and rewrite.done for rewrite in tree.rewrites):
        return _as_it_is(source, "no `Runner.run` was found that could be streamed")
    try:
        compile(ast.fix_missing_locations(tree.root), str(source.path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, TypeError):
        logger.exception("the repairs of an exported workflow do not fit together")
        return _as_it_is(source, "the repairs do not fit this file")
    return tree.root, tree.rewrites, False


def _as_it_is(source: Source, why: str) -> _Rewritten:
    if source.mended:
        raise ConfigurationError(f"{source.path} cannot be run as it is, and was not repaired: {why}.")
    what = f"nothing is repaired, streamed or remembered, only the result is shown: {why}"
    return ast.parse(source.text), [Rewrite("fallback", None, what, done=False)], True
