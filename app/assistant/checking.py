"""What can be known of an assistant before it answers anybody: that its models and tools are there.

Looks things up and asks no model anything. Every complaint is one sentence that says what to do.
"""

from agents import Agent, Model, ModelProvider, UserError
from openai import OpenAIError

from app.assistant.assistant import Assistant
from app.errors import ConfigurationError

_NO_TOOL_OF_ITS_OWN = ("auto", "required", "none", "mcp")


def look_up(models: ModelProvider, name: str | None, what: str) -> None:
    """Raise `ConfigurationError`, which begins with `what`, where a model cannot be had."""
    try:
        models.get_model(name)
    except OpenAIError:
        raise ConfigurationError(
            f"{what}, but there is no access to it: "
            "set OPENAI_API_KEY, or OPENAI_BASE_URL for a model server of your own."
        ) from None
    except (UserError, ImportError) as error:
        raise ConfigurationError(f"{what}: {error}") from error


def check_selectable(assistant: Assistant) -> None:
    """Raise `ConfigurationError` for a choice that could not be answered with."""
    for chosen in assistant.selectable_models:
        if chosen.model is not None and not isinstance(chosen.model, Model) and assistant.models:
            look_up(assistant.models, chosen.model, f"The choice {chosen.id} stands for {chosen.model}")
    agent = assistant.agent
    # Tools that come from elsewhere, or with another agent, are known only once it runs.
    if not isinstance(agent, Agent) or agent.mcp_servers or agent.handoffs:
        return
    known = {tool.name for tool in agent.tools}.union(_NO_TOOL_OF_ITS_OWN)
    for tool in assistant.selectable_tools:
        if isinstance(tool.tool, str) and tool.adapt is None and tool.tool not in known:
            raise ConfigurationError(
                f"The choice {tool.id} stands for the tool {tool.tool}, which the agent {agent.name} lacks."
            )
