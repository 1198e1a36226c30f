"""Files that code has made in a container of the provider, read over the server's own connection."""

import logging
from typing import Protocol

from openai import AsyncOpenAI

logger = logging.getLogger(__name__)


class ContainerFiles(Protocol):
    """Where such files can be read."""

    async def read(self, container_id: str, file_id: str, limit: int) -> bytes | None:
        """Return the bytes of a file; None where it cannot be had, or has more than `limit`."""
        ...


class NoContainerFiles:
    """For models whose connection is not this server's."""

    async def read(self, container_id: str, file_id: str, limit: int) -> None:
        """Have none."""


class OpenAIContainerFiles:
    """Those of OpenAI, or of a server with its API."""

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client

    async def read(self, container_id: str, file_id: str, limit: int) -> bytes | None:
        """Return the bytes of a file; None where it cannot be had, or has more than `limit`."""
        data = bytearray()
        files = self._client.containers.files.content.with_streaming_response
        try:
            async with files.retrieve(file_id, container_id=container_id) as response:
                async for piece in response.iter_bytes():
                    data += piece
                    if len(data) > limit:
                        logger.warning("a cited file is too large to be kept", extra={"limit": limit})
                        return None
        # The client passes on whatever its transport raises in the middle of a body.
        except Exception as error:
            logger.warning("a cited file could not be fetched", extra={"error": type(error).__name__})
            return None
        return bytes(data)
