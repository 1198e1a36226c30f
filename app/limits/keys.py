"""Whose count is whose: keys of the table, and what of an address and of a principal goes into them."""

import hashlib
import re
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address, ip_network

from app.context import RequestContext

_GUEST = re.compile(r"guest_[0-9a-f]{32}")
"""The ids that `app/auth/guest.py` makes; no other way to sign in may give one."""

_ONE_CUSTOMER = 64
"""Bits of an IPv6 address that a network operator gives out as one."""


def key(rule: str, of: str) -> str:
    """Return the key of a count: of bounded length, whatever an id is like, and nobody's name."""
    return f"{rule}/{hashlib.blake2b(of.encode(errors='surrogatepass'), digest_size=16).hexdigest()}"


def keys_of_user(user_id: str) -> Iterator[str]:
    """Yield the keys of all counts that are a user's own."""
    for rule in ("requests", "recordings", "uploads", "tokens"):
        yield key(rule, f"user {user_id}")


def key_of_session(session_id: str) -> str:
    """Return the key of what a session has asked for."""
    return key("session", session_id)


def network_of(client: str | None) -> str | None:
    """Return whom an address stands for: itself, or the network that one customer has of IPv6's.

    None for this machine and for who has no address, as on a unix socket: they are not told apart. `client`
    is the other end of the TCP connection, or what a trusted proxy says of it.
    """
    try:
        address = ip_address(client or "")
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return None
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), _ONE_CUSTOMER), strict=False))
    return str(address)


def is_guest(context: RequestContext) -> bool:
    """Say whether the caller is a guest, who has an id of their own for the asking."""
    return _GUEST.fullmatch(context.user_id) is not None


def is_guest_here(context: RequestContext) -> bool:
    """Say whether the caller is a guest on this machine: whoever tries the server out, and free of limits."""
    return is_guest(context) and context.network is None


def caller(context: RequestContext) -> str:
    """Return by what a caller's share is counted: their id, but the address of a guest."""
    return f"guest {context.network}" if is_guest(context) and context.network else f"user {context.user_id}"
