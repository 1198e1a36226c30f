"""Files in what a model is sent: put in at each call, so that a saved or traced run holds references only."""

from typing import Any

from agents.run import CallModelData, ModelInputData

from app.attachments.for_model import RunFiles


class FilesInInput:
    """A `call_model_input_filter` of the Agents SDK; made once per answer."""

    def __init__(self, files: RunFiles) -> None:
        self._files = files

    async def __call__(self, call: CallModelData[Any]) -> ModelInputData:
        """Return the input of one call with the files in place of their references."""
        sent = call.model_data
        return ModelInputData(await self._files.resolved(sent.input), sent.instructions)
