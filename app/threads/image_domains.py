"""Where the images in the answers of a new thread may come from.

An image is loaded by the browser from whatever address a model writes, and the address can carry words of the
conversation to whoever owns the host: so it is our own host, and what the operator adds.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from app.settings import ANY_DOMAIN


def image_domains(base_url: str, added: Sequence[str]) -> list[str] | None:
    """Return the hosts that a new thread admits; None for any."""
    if ANY_DOMAIN in added:
        return None
    own = urlsplit(base_url).hostname or ""
    # As browsers name such a host.
    own = f"[{own}]" if ":" in own else own
    return list(dict.fromkeys(domain for domain in (own, *added) if domain))
