"""Is the server there, is it ours, and can browsers get to it: DNS, TLS, redirects, readiness."""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx2

from app.ops.doctor.findings import Finding

SECONDS = 5.0
"""How long one request may take, but those that are meant to take longer."""
CERTIFICATE_DAYS = 21
AGENT = "chatkit-server doctor"


@dataclass(frozen=True, slots=True)
class Deployment:
    """A server that answers. Addresses have no slash at their end."""

    url: str
    page: str | None
    """Where the page is that embeds the chat; its origin is `origin`."""
    http: httpx2.AsyncClient
    tls: ssl.SSLContext

    @property
    def own_origin(self) -> str:
        """The origin of the server itself."""
        return origin_of(self.url)

    @property
    def origin(self) -> str:
        """The origin of the page; the server's own where none is named."""
        return origin_of(self.page) if self.page else self.own_origin


def origin_of(url: str) -> str:
    """Return scheme, host and port as a browser writes an origin."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    is_default = parts.port is None or parts.port == {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + ("" if is_default else f":{parts.port}")


def is_local(url: str) -> bool:
    """Say whether only this machine reaches `url`, so that browsers trust it without TLS."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@asynccontextmanager
async def reached(url: str, page: str | None) -> AsyncIterator[tuple[Deployment | None, list[Finding]]]:
    """Yield the server at `url`, or None where there is none, and what was found on the way to it."""
    found: list[Finding] = []
    tls = ssl.create_default_context()
    response, why_not = await _asked(url, tls)
    if isinstance(why_not, ssl.SSLCertVerificationError):
        found.append(_bad_certificate(why_not))
        # The rest is worth knowing all the same. Nothing secret is sent.
        tls = ssl._create_unverified_context()  # noqa: S323
        response, why_not = await _asked(url, tls)
    if response is None:
        found.append(
            Finding(
                "unreachable",
                f"{url} does not answer: {why_not}.",
                "Look whether the server and its proxy run, and that the name leads to them: curl -i "
                f"{url}/healthz",
            )
        )
        yield None, found
        return
    found += [*_certificate_end(response), *_redirect(url, response)]
    if response.is_redirect:
        target = str(response.next_request.url if response.next_request else url).removesuffix("/healthz")
        response, _ = await _asked(target, tls)
        url = target.rstrip("/")
    found += _plain(url)
    if response is None or not _is_ours(response):
        found.append(
            Finding(
                "not-this-server",
                f"{url}/healthz is not answered by a chatkit-server"
                + (f" (status {response.status_code})." if response is not None else "."),
                "Name the address below which /chatkit is, or have the proxy pass /healthz and /chatkit on.",
            )
        )
        yield None, found
        return
    async with httpx2.AsyncClient(verify=tls, timeout=SECONDS, headers={"user-agent": AGENT}) as http:
        deployment = Deployment(url, page, http, tls)
        yield deployment, [*found, *await _readiness(deployment)]


async def _asked(url: str, tls: ssl.SSLContext) -> tuple[httpx2.Response | None, BaseException | None]:
    async with httpx2.AsyncClient(verify=tls, timeout=SECONDS, headers={"user-agent": AGENT}) as http:
        try:
            async with http.stream("GET", f"{url}/healthz") as response:
                response.extensions["certificate"] = _certificate(response)
                await response.aread()
                return response, None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            return None, _cause(error)


def _cause(error: BaseException) -> BaseException:
    """Return the first cause: httpx wraps what TLS or the network say."""
    inner = error.__cause__ or error.__context__
    return _cause(inner) if inner is not None else error


def _certificate(response: httpx2.Response) -> dict[str, object]:
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    return dict(tls.getpeercert() or {}) if tls is not None else {}


def _bad_certificate(error: ssl.SSLCertVerificationError) -> Finding:
    return Finding(
        "certificate",
        f"The certificate is not accepted: {error.verify_message}.",
        "Get one for this name from an authority that browsers know, and serve its whole chain. For one "
        "of your own, "
        "name its authority in SSL_CERT_FILE here, and in every browser.",
    )


def _certificate_end(response: httpx2.Response) -> Iterator[Finding]:
    end = response.extensions["certificate"].get("notAfter")
    if end is None:
        return
    when = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(end)), UTC)
    days = (when - datetime.now(UTC)).days
    if days < CERTIFICATE_DAYS:
        yield Finding(
            "certificate-ends",
            f"The certificate ends in {days} days, on {when:%Y-%m-%d}.",
            "Renew it, and see why that has not happened by itself: certbot renew --dry-run",
        )


def _redirect(url: str, response: httpx2.Response) -> Iterator[Finding]:
    if response.is_redirect:
        target = response.headers.get("location", "").removesuffix("/healthz")
        yield Finding(
            "redirect",
            f"{url} redirects to {target}.",
            f"Name {target} in the page's api.url and in CHATKIT_PUBLIC_URL.",
        )


def _plain(url: str) -> Iterator[Finding]:
    if url.startswith("http://") and not is_local(url):
        yield Finding(
            "plain-http",
            f"{origin_of(url)} is spoken to without TLS.",
            "Put a proxy with a certificate in front of it (deploy/nginx.conf), and name the https address.",
        )


def _is_ours(response: httpx2.Response) -> bool:
    try:
        return response.status_code == 200 and response.json() == {"status": "ok"}
    except ValueError:
        return False


async def _readiness(deployment: Deployment) -> list[Finding]:
    try:
        response = await deployment.http.get(f"{deployment.url}/readyz")
        components = response.json()["components"]
    except (httpx2.HTTPError, ValueError, KeyError, TypeError):
        # The proxy that we ship keeps it from the world.
        return []
    return [
        Finding("not-ready", f"{name}: {state}", f"Repair that first; the server's log says more of {name}.")
        for name, state in components.items()
        if state != "ok"
    ]
