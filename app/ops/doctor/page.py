"""What the page that embeds the chat needs, and what it gives away."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2

from app.ops.doctor import policy
from app.ops.doctor.findings import Finding
from app.ops.doctor.server import Deployment, is_local, origin_of
from app.settings import Settings

OPENAI_SCRIPTS = "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js"
OPENAI_API = "https://api.openai.com/v1/chatkit/domain_keys/verify"
LOCAL_KEY = "local-development"
MOST_SCRIPTS, MOST_BYTES = 20, 4_000_000
SHORTEST_SECRET = 12

PROVIDER_KEY = re.compile(r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}")


@dataclass
class Page:
    """A page as it was sent, with the scripts of its own origin."""

    url: str
    headers: httpx2.Headers
    text: str
    meta_policies: list[str]
    scripts: list[str]
    """Addresses of all scripts."""
    sources: dict[str, str]
    """Every text that came along, by its address."""

    @property
    def policies(self) -> list[policy.Policy]:
        """What of its own it has to heed."""
        return policy.policies([*self.headers.get_list("content-security-policy"), *self.meta_policies])

    def mentions(self, text: str) -> bool:
        """Say whether `text` stands anywhere in it."""
        return any(text in source for source in self.sources.values())


async def check_page(deployment: Deployment, settings: Settings | None) -> list[Finding]:
    """Return what is wrong with the page; `settings` hold the secrets to look for."""
    found = list(_contexts(deployment))
    if deployment.page is None:
        return found
    try:
        page = await _loaded(deployment.http, deployment.page)
    except httpx2.HTTPError as error:
        told = f"{deployment.page} does not load ({type(error).__name__})."
        return [
            *found,
            Finding("page-unreachable", told, "Name the page that has the chat in it with --origin."),
        ]
    return [
        *found,
        *_keys(page, settings),
        *_policy(deployment, page),
        *_openai(deployment, page),
    ]


def _contexts(deployment: Deployment) -> Iterator[Finding]:
    if deployment.origin.startswith("http://") and not is_local(deployment.origin):
        yield Finding(
            "insecure-context",
            f"{deployment.origin} is no secure context.",
            "Serve the page by https. On this machine: open it as http://localhost.",
        )
    if deployment.origin.startswith("https://") and deployment.url.startswith("http://"):
        yield Finding(
            "mixed-content",
            f"The page is served by https, and {deployment.url} is not.",
            "Give the server a certificate, or have the page's own host pass /chatkit on to it.",
        )


async def _loaded(http: httpx2.AsyncClient, url: str) -> Page:
    response = await http.get(url, follow_redirects=True)
    text = response.text[:MOST_BYTES]
    parser = _Parser()
    parser.feed(text)
    scripts = [urljoin(str(response.url), source) for source in parser.scripts]
    sources = {str(response.url): text}
    own = [script for script in scripts if origin_of(script) == origin_of(str(response.url))]
    for script in own[:MOST_SCRIPTS]:
        try:
            sources[script] = (await http.get(script)).text[:MOST_BYTES]
        except httpx2.HTTPError:
            continue
    return Page(str(response.url), response.headers, text, parser.policies, scripts, sources)


def _keys(page: Page, settings: Settings | None) -> Iterator[Finding]:
    for address, text in page.sources.items():
        known = settings.secrets() if settings else ()
        names = [name for name, value in known if len(value) >= SHORTEST_SECRET and value in text]
        if found := PROVIDER_KEY.search(text):
            names.append(f"a key that begins with {found[0][:7]} and ends with {found[0][-4:]}")
        for name in names:
            yield Finding(
                "key-in-page",
                f"{address} holds {name}.",
                "Take it out, and make a new one today: the old one is known. Keys belong to servers; "
                "the page gets a "
                "short-lived client secret, or a cookie.",
            )


def _policy(deployment: Deployment, page: Page) -> Iterator[Finding]:
    needs = [("connect-src", f"{deployment.url}/chatkit"), ("img-src", f"{deployment.url}/chatkit/files/x")]
    if _uses_openai(page):
        needs += [
            ("script-src", OPENAI_SCRIPTS),
            ("frame-src", OPENAI_SCRIPTS),
            ("connect-src", OPENAI_API),
        ]
    else:
        needs += [("script-src", script) for script in page.scripts if script.endswith("/chatkit.js")]
    missing = [
        (directive, address)
        for directive, address in needs
        if not policy.allows(page.policies, directive, address, origin_of(page.url))
    ]
    for directive, address in missing:
        yield Finding(
            "content-policy",
            f"The policy of {page.url} does not let it reach {origin_of(address)} ({directive}).",
            f"Add to its Content-Security-Policy: {directive} {origin_of(address)}",
        )
    if _uses_openai(page) and not policy.allows_inline_styles(page.policies):
        yield Finding(
            "content-policy",
            f"The policy of {page.url} forbids the inline styles of OpenAI's element.",
            "Add to its Content-Security-Policy: style-src 'unsafe-inline'. Our own element, "
            "/chatkit.js, needs none.",
        )


def _openai(deployment: Deployment, page: Page) -> Iterator[Finding]:
    if not _uses_openai(page):
        return
    if page.headers.get("cross-origin-embedder-policy", "").startswith("require-corp"):
        yield Finding(
            "embedder-policy",
            f"{page.url} sends Cross-Origin-Embedder-Policy: require-corp.",
            "Leave that header away on this page, or use our own element, /chatkit.js.",
        )
    if not _is_verified(deployment.origin):
        return
    host = urlsplit(deployment.origin).hostname
    if page.mentions(LOCAL_KEY):
        yield Finding(
            "domain-key",
            f'The page names the domain key "{LOCAL_KEY}", which is for localhost only.',
            f"Register {host} in OpenAI's organisation settings (Security, Domain allowlist), and put "
            "the key into the "
            "page's api.domainKey; or use our own element, /chatkit.js, which needs none.",
        )
    else:
        yield Finding(
            "openai-element",
            f"The page uses OpenAI's element on {host}, which has to be registered with OpenAI.",
            "Open the page once and look at its console for «Domain verification failed».",
        )


def _uses_openai(page: Page) -> bool:
    return page.mentions(urlsplit(OPENAI_SCRIPTS).netloc)


def _is_verified(origin: str) -> bool:
    """Say whether OpenAI's element checks its key there: on https, port 443, of a host that is not local."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    return (
        parts.scheme == "https"
        and parts.port in (None, 443)
        and not is_local(origin)
        and not host.endswith(".local")
    )


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.policies: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of scripts, modules that are loaded ahead, and policies."""
        values = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" in values:
            self.scripts.append(values["src"])
        elif tag == "link" and values.get("rel") == "modulepreload":
            self.scripts.append(values.get("href", ""))
        elif tag == "meta" and values.get("http-equiv", "").lower() == "content-security-policy":
            self.policies.append(values.get("content", ""))
