"""Who did it, as far as it can be told, and from where."""

import getpass
import os
import socket
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, Self

Kind = Literal["command", "server_key", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` says which one of its kind it is, `source` where they were; neither is a secret."""

    kind: Kind
    name: str
    source: str | None = None

    @classmethod
    def at_command_line(cls) -> Self:
        """Return the person who runs this process: the account, whoever became it by sudo, and the machine.

        Taken from the operating system, so as trustworthy as the machine is.
        """
        account = _account()
        behind = os.environ.get("SUDO_USER")
        name = f"{behind} as {account}" if behind and behind != account else account
        remote = os.environ.get("SSH_CONNECTION", "").partition(" ")[0]
        return cls(
            "command", name, f"{socket.gethostname()}, from {remote}" if remote else socket.gethostname()
        )

    @classmethod
    def with_server_key(cls, key: str, address: str | None) -> Self:
        """Return whoever presented a server key, which must have been checked, at a client's address.

        Keys are told apart by the beginning of their hash, from which a key that was made at random cannot
        be found.
        """
        return cls("server_key", f"key {sha256(key.encode()).hexdigest()[:8]}", address)

    @classmethod
    def system(cls, part: str) -> Self:
        """Return the server itself, doing what it was set to do: `part` is what does it, as `retention`."""
        return cls("system", part, socket.gethostname())


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # No name for the number, as in a container.
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
