"""What a user has chosen for a message: checked against what they may choose, and laid on the run.

Knows neither where a choice is kept nor when it is asked for again; whoever begins a turn does.
"""

import inspect
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from agents import Agent, ModelProvider, ModelSettings, UserError
from chatkit.types import InferenceOptions

from app.assistant.assistant import Assistant
from app.assistant.callbacks import ask
from app.assistant.models import model_name_of
from app.assistant.selectable import SelectableModel, SelectableTool
from app.context import RequestContext
from app.errors import BadRequest
from app.languages import Sentence

logger = logging.getLogger(__name__)

ENTITLEMENT_SECONDS = 5.0
"""How long the integrator's function may take to say whether somebody may choose something."""

MAX_SHOWN = 80
"""How much of an id that does not exist is said back."""

NO_MODELS: Sentence = "This server does not offer a choice of models."
NO_TOOLS: Sentence = "This server does not offer a choice of tools."
MODEL_REFUSED: Sentence = "The model “{model}” is not available to you. Choose another one."
TOOL_REFUSED: Sentence = "The tool “{tool}” is not available to you. Choose another one, or none."

Selectable = TypeVar("Selectable", SelectableModel, SelectableTool)


@dataclass(frozen=True, slots=True)
class Choice:
    """What answers a question besides the agent itself; nothing chosen is the agent as it is."""

    model: SelectableModel | None = None
    tool: SelectableTool | None = None
    is_first_step: bool = True
    """False where a question is gone on with: a tool that had to be used was."""

    def continued(self) -> "Choice":
        """Return the choice as it holds for what follows the first step of the answer."""
        return replace(self, is_first_step=False)

    def model_name(self, agent: Agent[Any], models: ModelProvider | None) -> str:
        """Return the name of the model that answers first."""
        return model_name_of((self.model and self.model.model) or agent.model, models)

    async def agent(self, agent: Agent[Any], context: RequestContext) -> Agent[Any]:
        """Return the agent that answers; raise `UserError` if the integrator's function returns none."""
        tool = self.tool
        if tool is None:
            return agent
        if tool.adapt is not None:
            adapted = tool.adapt(agent, context)
            agent = await adapted if inspect.isawaitable(adapted) else adapted
            if not isinstance(agent, Agent):
                raise UserError(f"The adapt function of the tool {tool.id} must return an agents.Agent.")
        if tool.tool is None or not self.is_first_step:
            return agent
        # On the first agent only, as others may not have the tool; and until a tool was used, whatever the
        # agent says, or the model could never come to an answer.
        settings = agent.model_settings.resolve(ModelSettings(tool_choice=tool.tool))
        return agent.clone(model_settings=settings, reset_tool_choice=True)


async def choose(assistant: Assistant, options: InferenceOptions, context: RequestContext) -> Choice:
    """Return what a message chooses; raise `BadRequest` for what its user may not."""
    model = next((model for model in assistant.selectable_models if model.default), None)
    if options.model is not None:
        if not assistant.selectable_models:
            raise BadRequest(NO_MODELS)
        model = _named(assistant.selectable_models, options.model)
        if model is None or model.disabled or not await _is_entitled(assistant, model, context):
            raise BadRequest(MODEL_REFUSED, model=model.label if model else options.model[:MAX_SHOWN])
    tool = None
    if options.tool_choice is not None:
        if not assistant.selectable_tools:
            raise BadRequest(NO_TOOLS)
        tool = _named(assistant.selectable_tools, options.tool_choice.id)
        if tool is None or not await _is_entitled(assistant, tool, context):
            raise BadRequest(TOOL_REFUSED, tool=tool.label if tool else options.tool_choice.id[:MAX_SHOWN])
    return Choice(model, tool)


def _named(selectable: Sequence[Selectable], id_: str) -> Selectable | None:
    return next((one for one in selectable if one.id == id_), None)


async def _is_entitled(
    assistant: Assistant, chosen: SelectableModel | SelectableTool, context: RequestContext
) -> bool:
    """Ask the integrator; whoever cannot be asked about may not."""
    if assistant.may_choose is None or (isinstance(chosen, SelectableModel) and chosen.default):
        return True
    try:
        return bool(await ask(assistant.may_choose, context, chosen, seconds=ENTITLEMENT_SECONDS))
    except Exception as error:
        logger.warning("a choice was refused: may_choose failed", extra={"reason": type(error).__name__})
        return False
