"""What the try-it page's composer offers: the widget's `composer` option, as assistant and server allow."""

from typing import Any

from app.assistant import Assistant


def composer_option(assistant: Assistant) -> dict[str, Any]:
    """Return the option for a loaded assistant; what this server would refuse is not offered."""
    option: dict[str, Any] = {"dictation": {"enabled": callable(assistant.transcribe)}}
    if assistant.selectable_models:
        option["models"] = [model.option() for model in assistant.selectable_models]
    if assistant.selectable_tools:
        option["tools"] = [tool.option() for tool in assistant.selectable_tools]
    return option
