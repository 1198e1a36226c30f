"""Whether pages of the origin may use the server: a preflight as the widget's, and an answer to read."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2

from app.ops.doctor.findings import Finding
from app.ops.doctor.server import Deployment, is_local

ASKED = ("authorization", "content-type", "chatkit-disconnect")
EXPOSED = ("chatkit-thread", "chatkit-turn", "x-request-id", "retry-after")
COOKIE = "chatkit_guest"
LIST = {"type": "threads.list", "params": {}}


async def check_cross_origin(deployment: Deployment) -> list[Finding]:
    """Return what keeps the page from using the server, and whom the server takes callers for."""
    found = await _guests(deployment)
    if deployment.origin == deployment.own_origin:
        return found
    wrong = [
        *await _preflight(deployment, "/chatkit", "POST"),
        *await _preflight(deployment, "/chatkit/files/doctor", "PUT"),
    ]
    headers = {"origin": deployment.origin, "content-type": "application/json"}
    # Refused as malformed, so nothing comes of it: what counts is how.
    answer = await deployment.http.post(f"{deployment.url}/chatkit", content=b"{", headers=headers)
    wrong += _readable(deployment, answer)
    # They have one remedy.
    return [*found, *wrong[:1]]


async def _preflight(deployment: Deployment, path: str, method: str) -> list[Finding]:
    answer = await deployment.http.options(
        f"{deployment.url}{path}",
        headers={
            "origin": deployment.origin,
            "access-control-request-method": method,
            "access-control-request-headers": ", ".join(ASKED),
        },
    )
    wrong = list(_refused(deployment, answer, method))
    return [_cors(deployment, f"The preflight of {method} {path} {wrong[0]}")] if wrong else []


def _refused(deployment: Deployment, answer: httpx2.Response, method: str) -> Iterator[str]:
    if not answer.is_success:
        yield f"is answered with status {answer.status_code}."
    yield from _origin_refused(deployment, answer)
    allowed = _names(answer, "access-control-allow-headers")
    if missing := [name for name in ASKED if name not in allowed]:
        yield f"does not allow {', '.join(missing)}."
    if method != "POST" and method.lower() not in _names(answer, "access-control-allow-methods"):
        yield "does not allow the method."


def _origin_refused(deployment: Deployment, answer: httpx2.Response) -> Iterator[str]:
    origins = answer.headers.get_list("access-control-allow-origin")
    if not origins:
        yield f"does not allow {deployment.origin}."
    elif len(origins) > 1 or "," in origins[0]:
        yield "names an origin twice, once by the server and once by a proxy, which counts as none."
    elif origins[0] != deployment.origin:
        yield f"allows {origins[0]}, not {deployment.origin}."
    if answer.headers.get("access-control-allow-credentials") != "true":
        yield "does not allow credentials."


def _readable(deployment: Deployment, answer: httpx2.Response) -> Iterator[Finding]:
    for wrong in list(_origin_refused(deployment, answer))[:1]:
        yield _cors(deployment, f"The preflight may pass, but an answer {wrong}")
    exposed = _names(answer, "access-control-expose-headers")
    if missing := [name for name in EXPOSED if name not in exposed]:
        yield Finding(
            "cors-exposed",
            f"Pages may not read {', '.join(missing)}.",
            "Have the proxy pass on Access-Control-Expose-Headers as the server sends it.",
        )


def _cors(deployment: Deployment, what: str) -> Finding:
    return Finding(
        "cors",
        what,
        f"CHATKIT_ALLOWED_ORIGINS={deployment.origin} in the server's environment, and no CORS headers "
        "in the proxy.",
    )


async def _guests(deployment: Deployment) -> list[Finding]:
    """Ask for a list of threads without any credential: only a guest gets one, an empty one."""
    answer = await deployment.http.post(f"{deployment.url}/chatkit", json=LIST)
    if not answer.is_success or COOKIE not in answer.cookies:
        return []
    found = []
    if not is_local(deployment.url):
        found.append(
            Finding(
                "guest-anywhere",
                "The server makes a guest of whoever asks.",
                "Have users sign in (CHATKIT_AUTH, docs/settings.md), or keep strangers from this address.",
            )
        )
    if _site(deployment.origin) != _site(deployment.own_origin):
        found.append(
            Finding(
                "guest-cookies",
                f"Users are guests, known by a cookie, and the page is on {deployment.origin}.",
                "Have the page's own host pass /chatkit on to the server, or have users sign in: "
                "CHATKIT_AUTH.",
            )
        )
    return found


def _site(origin: str) -> str:
    """Return what counts as the same site, nearly: the last two labels of a name, or an address."""
    host = urlsplit(origin).hostname or ""
    labels = host.split(".")
    return host if labels[-1].isdigit() or ":" in host else ".".join(labels[-2:])


def _names(answer: httpx2.Response, header: str) -> set[str]:
    values = ",".join(answer.headers.get_list(header)).lower().split(",")
    return {value.strip() for value in values if value.strip()}
