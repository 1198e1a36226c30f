"""Liveness and readiness.

Alive never depends on anything else. Ready names each component and what is wrong with it.
"""

from fastapi import APIRouter
from sqlalchemy import text
from starlette.responses import JSONResponse

from app.db.engine import Database
from app.errors import ChatKitServerError
from app.turns.runner import TurnRunner


def health_router(database: Database, runner: TurnRunner) -> APIRouter:
    """Build `/healthz` and `/readyz`."""
    router = APIRouter()

    @router.api_route("/healthz", methods=["GET", "HEAD"])
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.api_route("/readyz", methods=["GET", "HEAD"])
    async def readyz() -> JSONResponse:
        components = {"database": await _database_state(database), "turns": _turns_state(runner)}
        ready = all(state == "ok" for state in components.values())
        if ready:
            return JSONResponse({"ready": True, "components": components})
        return JSONResponse({"ready": False, "components": components}, 503, {"Retry-After": "1"})

    return router


async def _database_state(database: Database) -> str:
    try:
        async with database.autocommit() as connection:
            await connection.execute(text("select 1"))
    except ChatKitServerError as error:
        return error.message
    return "ok"


def _turns_state(runner: TurnRunner) -> str:
    return "draining" if runner.draining.is_set() else "ok"
