"""Which workflows there are. One assistant answers all of them here, so any id that could be one is."""

from typing import Protocol

PREFIX = "wf_"


class WorkflowIds(Protocol):
    """What knows the workflows that are served."""

    async def known(self, workflow_id: str, version: str | None, /) -> bool:
        """Say whether there is this workflow, and of it this version; without one, any version."""
        ...


class AnyWorkflow:
    """Takes every id that begins as OpenAI's workflow ids do, in every version."""

    async def known(self, workflow_id: str, _: str | None, /) -> bool:
        """Say whether it looks like one."""
        return workflow_id.startswith(PREFIX)
