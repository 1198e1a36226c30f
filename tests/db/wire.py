"""A relay between a client and PostgreSQL's socket that notes what the client says."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from app.db.urls import socket_url

SOCKET = ".s.PGSQL.5432"


@dataclass
class Conversation:
    """What the clients of the relay have said so far."""

    url: str = ""
    startup: list[dict[str, str]] = field(default_factory=list)
    """The parameters of each new connection."""
    messages: list[str] = field(default_factory=list)
    """The types of the messages after that: Parse, Describe, Bind, Execute, Sync, Query, …"""


@asynccontextmanager
async def overheard(url: str, folder: Path) -> AsyncIterator[Conversation]:
    """Listen in `folder` for clients of the database at `url`, a unix socket's."""
    parts = urlsplit(url)
    target = dict(parse_qsl(parts.query))["host"]
    conversation = Conversation(socket_url(str(folder), parts.username or "", parts.path.lstrip("/")))

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream = await asyncio.open_unix_connection(f"{target}/{SOCKET}")
        async with asyncio.TaskGroup() as group:
            group.create_task(_pass_answers(upstream_reader, writer))
            group.create_task(_pass_questions(reader, upstream, conversation))

    server = await asyncio.start_unix_server(relay, folder / SOCKET)
    try:
        yield conversation
    finally:
        server.close()
        await server.wait_closed()


async def _pass_answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


async def _pass_questions(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, conversation: Conversation
) -> None:
    try:
        length = await reader.readexactly(4)
        body = await reader.readexactly(struct.unpack("!I", length)[0] - 4)
        writer.write(length + body)
        words = body[4:].decode().rstrip("\0").split("\0")
        conversation.startup.append(dict(zip(words[::2], words[1::2], strict=True)))
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)
            conversation.messages.append(chr(head[0]))
            writer.write(head + body)
    except asyncio.IncompleteReadError:
        writer.close()
