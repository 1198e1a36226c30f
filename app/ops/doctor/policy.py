"""A page's Content-Security-Policy: what it lets the page load, read as browsers read it."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

Policy = Mapping[str, tuple[str, ...]]
"""Directives by name, each with its sources."""

_FALLBACKS = {
    "script-src": ("script-src-elem", "script-src", "default-src"),
    "frame-src": ("frame-src", "child-src", "default-src"),
    "style-src": ("style-src-attr", "style-src", "default-src"),
}
_DEFAULT_PORTS = {"http": 80, "https": 443}


def policies(headers: Iterable[str]) -> list[Policy]:
    """Read the values of headers, or of `<meta http-equiv>`; a page has to satisfy each of them."""
    return [_policy(part) for header in headers for part in header.split(",") if part.strip()]


def allows(policies: Iterable[Policy], directive: str, address: str, own: str) -> bool:
    """Say whether a page at `own` may load `address`, as far as `directive` has a say in it."""
    return all(_allowed(_sources(policy, directive), address, own) for policy in policies)


def allows_inline_styles(policies: Iterable[Policy]) -> bool:
    """Say whether elements may have styles of their own."""
    found = [_sources(policy, "style-src") for policy in policies]
    return all(sources is None or "'unsafe-inline'" in sources for sources in found)


def _policy(text: str) -> Policy:
    directives: dict[str, tuple[str, ...]] = {}
    for words in (part.split() for part in text.split(";")):
        if words:
            # The first of its name counts.
            directives.setdefault(words[0].lower(), tuple(words[1:]))
    return directives


def _sources(policy: Policy, directive: str) -> tuple[str, ...] | None:
    names = _FALLBACKS.get(directive, (directive, "default-src"))
    return next((policy[name] for name in names if name in policy), None)


def _allowed(sources: tuple[str, ...] | None, address: str, own: str) -> bool:
    # With 'strict-dynamic' scripts are trusted by whoever loads them, which cannot be seen from here.
    return sources is None or "'strict-dynamic'" in sources or any(_matches(s, address, own) for s in sources)


def _matches(source: str, address: str, own: str) -> bool:
    target, page = urlsplit(address), urlsplit(own)
    if source == "'self'":
        return (target.scheme, target.netloc) == (page.scheme, page.netloc)
    if source.startswith("'"):
        return False
    if source == "*":
        return target.scheme in ("http", "https")
    if source.endswith(":") and "/" not in source:
        return _scheme_fits(source[:-1].lower(), target.scheme)
    wanted = urlsplit(source if "://" in source else f"{page.scheme}://{source}")
    host, name = (wanted.hostname or "").lower(), (target.hostname or "").lower()
    host_fits = name.endswith(host[1:]) if host.startswith("*.") else name == host
    path = wanted.path
    path_fits = target.path.startswith(path) if path.endswith("/") or not path else target.path == path
    return (
        host_fits
        and path_fits
        and _scheme_fits(wanted.scheme, target.scheme)
        and _port_fits(source, target.port)
    )


def _scheme_fits(wanted: str, given: str) -> bool:
    return given == wanted or (wanted, given) == ("http", "https")


def _port_fits(source: str, given: int | None) -> bool:
    _, colon, port = source.rpartition("://")[2].partition("/")[0].partition(":")
    if not colon:
        return given in (None, *_DEFAULT_PORTS.values())
    return port == "*" or port == str(given or 443)
