"""An exported file → a workflow that can be run. The file is read and never written."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType

from agents import Agent, FunctionTool, HostedMCPTool

from app.assistant.models import OPENAI_URL
from app.settings import Settings
from app.workflows.bindings import bound_tools
from app.workflows.catalogue import Version
from app.workflows.configuration import Configuration
from app.workflows.entry import entry_of
from app.workflows.guardrail_setup import check_guardrails
from app.workflows.loaded import LoadedWorkflow
from app.workflows.namespace import import_tree
from app.workflows.prerequisites import check_prerequisites
from app.workflows.reading.named_models import named_models
from app.workflows.reading.source import Source
from app.workflows.reading.syntax import Module
from app.workflows.reading.workflow import Workflow, always_yes
from app.workflows.runtime import Runtime

logger = logging.getLogger(__name__)


def load_workflow(found: Version, settings: Settings) -> LoadedWorkflow:
    """Import a file; raise `ConfigurationError` with a sentence if it cannot be served."""
    path, configuration, prepared = found.path.resolve(), found.configuration, found.prepared
    workflow, source = prepared.workflow, prepared.source
    check_prerequisites(workflow, path, settings)
    _warn_of_change(source, configuration)
    prepared.blank.in_tracebacks(path, source.text)
    functions, pages = bound_tools(configuration.tools, path.parent)
    runtime = Runtime(_connection(settings), functions, pages, fails_open=configuration.guardrails.fails_open)
    module = import_tree(prepared.tree, path, source.sha256, runtime, prepared.blank)
    check_guardrails(module, workflow.guardrails, prepared.blank)
    if prepared.is_fallback:
        _never_grant(module, workflow, runtime)
    return LoadedWorkflow(
        name=configuration.workflow.name or workflow.name or path.stem,
        path=path,
        source_hash=source.sha256,
        run=entry_of(module),
        workflow_id=found.workflow_id,
        version=found.version,
        agents={name: value for name, value in vars(module).items() if isinstance(value, Agent)},
        client_tools=frozenset(_run_by_page(module, pages)),
        may_ask=bool(workflow.approvals) or any(_may_ask(value) for value in vars(module).values()),
        rewrites=tuple(sorted(prepared.rewrites, key=lambda rewrite: rewrite.line or 0)),
        fallback=prepared.is_fallback,
        settings=configuration.for_turns(),
        module=module,
        models=tuple(dict.fromkeys(model.name for model in named_models(Module(prepared.tree)))),
    )


def _run_by_page(module: ModuleType, pages: Iterable[str]) -> Iterator[str]:
    """Have runs wait for the tools of the page, as they do for approval; return what the model calls them."""
    for name in pages:
        tool = getattr(module, name, None)
        if isinstance(tool, FunctionTool):
            tool.needs_approval = True
            yield tool.name


def _may_ask(value: object) -> bool:
    """Whether something of a file is a tool, or an agent with one, that the user may be asked about."""
    if isinstance(value, Agent):
        return bool(value.mcp_servers) or any(_may_ask(tool) for tool in value.tools)
    if isinstance(value, HostedMCPTool):
        return value.tool_config.get("require_approval") != "never"
    return getattr(value, "needs_approval", False) is not False


def _never_grant(module: ModuleType, workflow: Workflow, runtime: Runtime) -> None:
    """Without repairs there is nobody to ask, and a stub that says yes must not be believed."""
    for stub in workflow.approvals:
        if always_yes(stub):
            setattr(module, stub.name, lambda *_, stub=stub.name, **__: runtime.never_granted(stub))


def _connection(settings: Settings) -> Mapping[str, str]:
    # A model server of one's own asks for no key, but the client does.
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    return {"api_key": key, "base_url": settings.openai_base_url or OPENAI_URL}


def _warn_of_change(source: Source, configuration: Configuration) -> None:
    written_for = configuration.workflow.sha256
    if written_for is not None and written_for != source.sha256:
        logger.warning(
            "%s is not the file that %s was written for: check it again", source.path.name, configuration.path
        )
