"""An identity provider of our own: keys, tokens of every kind, and a key server that can be made to fail."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

ISSUER = "https://id.example/"
AUDIENCE = "https://chat.example"
SECRET = "5f0c3d1e9b7a48e2a6d4c8f01b3e5a79"

Claims = dict[str, Any]


@cache
def private_key(name: str) -> Any:
    """Return one of any number of keys; its name begins with its kind."""
    match name.partition("-")[0]:
        case "ec":
            return ec.generate_private_key(ec.SECP256R1())
        case "ec384":
            return ec.generate_private_key(ec.SECP384R1())
        case "ed":
            return ed25519.Ed25519PrivateKey.generate()
        case "short":
            return rsa.generate_private_key(65537, 1024)
        case _:
            return rsa.generate_private_key(65537, 2048)


def public_pem(name: str) -> str:
    return (
        private_key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    )


def private_pem(name: str) -> str:
    return private_key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def jwk(name: str, algorithm: str = "RS256", **fields: Any) -> dict[str, Any]:
    """Return the public key as a key server publishes it."""
    published = jwt.get_algorithm_by_name(algorithm).to_jwk(private_key(name).public_key(), as_dict=True)
    return {**published, "kid": name, "alg": algorithm, "use": "sig", **fields}


def claims(**changes: Any) -> Claims:
    """Return the claims of a good token; those that are changed to None are left out."""
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "iat": now, "exp": now + 600, **changes}
    return {name: value for name, value in whole.items() if value is not None}


def token(
    key: str = "rsa", algorithm: str = "RS256", headers: Mapping[str, Any] | None = None, **changes: Any
) -> str:
    """Return a token, signed as it should be."""
    return jwt.encode(claims(**changes), private_key(key), algorithm, {"kid": key, **(headers or {})})


def by_hand(header: object, payload: object, sign: Callable[[bytes], bytes] = lambda _: b"") -> str:
    """Return a token of any parts, as no library makes it."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    signed = b".".join(map(_segment, parts))
    return (signed + b"." + _segment(sign(signed))).decode()


def hmac_with(secret: str) -> Callable[[bytes], bytes]:
    return lambda signed: hmac.digest(secret.encode(), signed, hashlib.sha256)


def rsa_with(key: str) -> Callable[[bytes], bytes]:
    return lambda signed: bytes(private_key(key).sign(signed, padding.PKCS1v15(), hashes.SHA256()))


def _segment(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")


class KeyServer:
    """Publishes keys over HTTP, or whatever a test has it do."""

    def __init__(self) -> None:
        self.url = ""
        self.stop: Callable[[], None] = lambda: None
        """Take it down."""
        self.fetches = 0
        self.body = b""
        self.status = "200 OK"
        self.header = ""
        self.open = asyncio.Event()
        """Cleared, requests wait."""
        self.open.set()
        self.asked = asyncio.Event()
        """Set by every request."""
        self.publish(jwk("rsa"))

    def publish(self, *keys: object) -> None:
        """Publish these keys and no others."""
        self.body = json.dumps({"keys": keys}).encode()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request on a connection and close it."""
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.fetches += 1
            self.asked.set()
            await self.open.wait()
            head = f"HTTP/1.1 {self.status}\r\n{self.header}Connection: close\r\n\r\n"
            writer.write(head.encode() + self.body)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def key_server() -> AsyncIterator[KeyServer]:
    """Run one on a free port; it is down once its block is left."""
    keys = KeyServer()
    listening = await asyncio.start_server(keys.answer, "127.0.0.1", 0)
    keys.stop = listening.close
    keys.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/jwks.json"
    try:
        yield keys
    finally:
        keys.open.set()
        keys.stop()
