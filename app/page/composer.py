"""What the try-it page's composer offers: the widget's `composer` option, as assistant and server allow."""

from typing import Any

from app.assistant import Assistant
from app.attachments import Limits


def composer_option(assistant: Assistant, files: Limits | None) -> dict[str, Any]:
    """Return the option for a loaded assistant; what this server would refuse is not offered.

    `files` is None where none are taken.
    """
    option: dict[str, Any] = {"dictation": {"enabled": callable(assistant.transcribe)}}
    if assistant.selectable_models:
        option["models"] = [model.option() for model in assistant.selectable_models]
    if assistant.selectable_tools:
        option["tools"] = [tool.option() for tool in assistant.selectable_tools]
    if files is not None:
        option["attachments"] = {
            "enabled": True,
            "maxSize": files.max_bytes,
            "maxCount": files.max_per_message,
            # Without it the widget takes any file.
            **({"accept": {pattern: [] for pattern in files.accept}} if files.accept else {}),
        }
    return option
