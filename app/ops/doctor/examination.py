"""All checks, each with a time in which it has to end. One that fails is a finding and ends no other."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from app.errors import ConfigurationError
from app.ops.doctor.body_limit import check_body_limit
from app.ops.doctor.configuration import check_configuration
from app.ops.doctor.cross_origin import check_cross_origin
from app.ops.doctor.database import check_database
from app.ops.doctor.findings import Finding, Report
from app.ops.doctor.page import check_page
from app.ops.doctor.server import reached
from app.ops.doctor.storage import check_storage
from app.ops.doctor.stream import check_stream
from app.settings import Settings

logger = logging.getLogger(__name__)

SECONDS = 15.0
STREAM_SECONDS = 45.0
"""Two heartbeats of 15 seconds, the longest that can be set, and what is spared."""

Check = Coroutine[Any, Any, list[Finding]]


async def examined(url: str | None, page: str | None, settings: Settings | None) -> Report:
    """Look at the server at `url`, the page that embeds it, and what `settings` name; None leaves out."""
    looked_at, found = [], []
    if settings is not None:
        looked_at += ["settings", "database", "storage of files"]
        found += check_configuration(settings, url)
        checks = {"database": check_database(settings), "storage of files": check_storage(settings)}
        found += await _all(checks)
    if url is not None:
        looked_at += [url, *([page] if page else [])]
        found += await _outside(url, page, settings)
    # The same seen from both sides is told once.
    return Report(
        tuple(looked_at), tuple({finding.rule + finding.what: finding for finding in found}.values())
    )


async def _outside(url: str, page: str | None, settings: Settings | None) -> list[Finding]:
    size = (
        settings.max_file_bytes if settings is not None else Settings.model_fields["max_file_bytes"].default
    )
    async with reached(url, page) as (deployment, found):
        if deployment is None:
            return found
        checks = {
            "streams": check_stream(deployment),
            "sizes of files": check_body_limit(deployment, size),
            "other origins": check_cross_origin(deployment),
            "the page": check_page(deployment, settings),
        }
        return [*found, *await _all(checks)]


async def _all(checks: dict[str, Check]) -> list[Finding]:
    results = await asyncio.gather(*(_bounded(name, check) for name, check in checks.items()))
    return [finding for result in results for finding in result]


async def _bounded(name: str, check: Check) -> list[Finding]:
    seconds = STREAM_SECONDS if name == "streams" else SECONDS
    try:
        async with asyncio.timeout(seconds):
            return await check
    except ConfigurationError:
        # No finding but a setting that stops the start: told as such.
        raise
    except TimeoutError:
        why = f"took longer than {seconds:.0f} seconds"
    except Exception as error:
        logger.debug("a check failed", exc_info=True)
        why = f"ended in {type(error).__name__}"
    return [Finding("not-checked", f"Looking at {name} {why}.", "Repair what else was found, and repeat it.")]
