"""The back-end of a shop on OpenAI's hosted ChatKit, as it was: tests have it moved before they run it."""

from openai import AsyncOpenAI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

client = AsyncOpenAI()


async def create_session(_: Request) -> Response:
    """Have a session made for the visitor, and give the page its secret."""
    session = await client.beta.chatkit.sessions.create(
        user="the visitor",
        workflow={"id": "wf_68e5"},
        chatkit_configuration={"file_upload": {"enabled": True}},
    )
    return JSONResponse({"client_secret": session.client_secret})
