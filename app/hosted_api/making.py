"""Sessions: made for a user by who has the key of the server, cancelled, and as the hosted API shows them."""

from dataclasses import dataclass
from typing import Any, Literal

from app.auth.session_rows import Session, configuration_of
from app.auth.sessions import Sessions
from app.hosted_api.refusals import InvalidRequest, NoSuchThing, shown
from app.hosted_api.session_request import SessionRequest, read_session_request
from app.hosted_api.workflow_ids import WorkflowIds

Status = Literal["active", "cancelled"]


@dataclass(frozen=True, slots=True)
class SessionMaking:
    """Made once. `are_honoured` is False where this server's users sign in otherwise only."""

    sessions: Sessions
    workflows: WorkflowIds
    max_seconds: int
    are_honoured: bool

    async def create(self, body: bytes) -> dict[str, Any]:
        """Make the session that a body asks for; its secret is said this once."""
        asked = read_session_request(body, self.max_seconds)
        if not self.are_honoured:
            raise InvalidRequest("Sessions are not enabled on this server: add session to CHATKIT_AUTH.")
        await self._check_workflow(asked)
        session, secret = await self.sessions.begin(asked.user_id, asked.terms, asked.life)
        return session_object(session, "active", secret)

    async def cancel(self, session_id: str) -> dict[str, Any]:
        """End a session for good."""
        session = await self.sessions.cancel(session_id)
        if session is None:
            raise NoSuchThing(f"Chatkit Session with id '{shown(session_id)}' not found.", "session_id")
        return session_object(session, "cancelled")

    async def _check_workflow(self, asked: SessionRequest) -> None:
        workflow_id, version = asked.terms.workflow_id, asked.terms.workflow_version
        if not await self.workflows.known(workflow_id, None):
            raise NoSuchThing(f"Workflow with id '{shown(workflow_id)}' not found.", "workflow.id")
        if version is not None and not await self.workflows.known(workflow_id, version):
            raise NoSuchThing(
                f"Workflow with id '{shown(workflow_id)}' and version '{shown(version)}' not found.",
                "workflow.version",
            )


def session_object(session: Session, status: Status, secret: str = "") -> dict[str, Any]:
    """Return a `chatkit.session`."""
    terms = session.terms
    configuration = configuration_of(terms)
    tracing = configuration.pop("tracing")
    return {
        "id": terms.id,
        "object": "chatkit.session",
        "client_secret": secret,
        "expires_at": int(session.expires_at.timestamp()),
        "status": status,
        "user": session.user_id,
        "workflow": {
            "id": terms.workflow_id,
            "version": terms.workflow_version,
            "state_variables": terms.state_variables,
            "tracing": tracing,
        },
        "chatkit_configuration": configuration,
        "rate_limits": {"max_requests_per_1_minute": terms.requests_per_minute},
        "max_requests_per_1_minute": terms.requests_per_minute,
    }
