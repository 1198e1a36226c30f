"""The settings of an agent's run in a workflow: what its export says, and what holds for any run here."""

from dataclasses import replace
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from agents import MultiProvider, RunConfig
from agents.run import CallModelData, ModelInputData

from app.context import RequestContext
from app.ids import ThreadId, TurnId
from app.turns.files_in_input import FilesInInput
from app.workflows.loaded import LoadedWorkflow

if TYPE_CHECKING:
    from app.turns.answering import Answering

MAX_STEPS = 30
"""Model calls of one run, tool results included, where the export sets no limit."""


class RunSettings:
    """Made once per run of a workflow."""

    def __init__(
        self,
        answering: "Answering",
        workflow: LoadedWorkflow,
        thread_id: ThreadId,
        turn_id: TurnId | None,
        context: RequestContext,
    ) -> None:
        self.turn_id = turn_id
        self._ours = answering.assistant.run_config(thread_id, turn_id)
        self._files = FilesInInput(answering.files_for_model.for_run(context.user_id))
        self._name = workflow.name
        asked_not_to = context.session is not None and not context.session.tracing
        self._untraced = asked_not_to or not workflow.settings.tracing or self._ours.tracing_disabled

    def options(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of a run, where an export has `given` some to `Runner.run`."""
        return {"max_turns": MAX_STEPS, **given, "run_config": self._config(given.get("run_config"))}

    def _config(self, given: RunConfig | dict[str, Any] | None) -> RunConfig:
        theirs = RunConfig(**given) if isinstance(given, dict) else given or RunConfig()
        ours = self._ours
        # A provider that the export has made itself is its own business; the default is nobody's choice.
        is_default = type(theirs.model_provider) is MultiProvider
        return replace(
            theirs,
            model_provider=ours.model_provider if is_default else theirs.model_provider,
            workflow_name=self._name,
            group_id=ours.group_id,
            trace_id=ours.trace_id,
            tracing=ours.tracing,
            tracing_disabled=self._untraced or theirs.tracing_disabled,
            trace_include_sensitive_data=False,
            tool_not_found_behavior=ours.tool_not_found_behavior,
            call_model_input_filter=self._filter(theirs),
        )

    def _filter(self, theirs: RunConfig) -> Any:
        own = theirs.call_model_input_filter
        if own is None:
            return self._files

        async def both(call: CallModelData[Any]) -> ModelInputData:
            made = own(call)
            data = await made if isawaitable(made) else made
            return await self._files(replace(call, model_data=data))

        return both
