"""What lies between does to answers: a stream of `GET /chatkit/probe` is timed as it arrives."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2

from app.ops.doctor.findings import Finding
from app.ops.doctor.server import Deployment, origin_of

FIRST_SECONDS = 5.0
"""How late the first words may be; only something that buffers keeps them for longer."""
SPARE_SECONDS = 5.0
CLOCK_SECONDS = 5.0
EXPECTED_HEADERS = ("x-request-id", "cache-control")
COMPRESSIONS = "gzip, deflate, br, zstd"


@dataclass
class Seen:
    """A stream as it came in."""

    headers: httpx2.Headers
    first: dict[str, Any] = field(default_factory=dict)
    """What the server said of the request, and of what it is about to send."""
    arrivals: list[float] = field(default_factory=list)
    """When each tick came."""
    clock_off: float = 0.0
    """Seconds by which the server's clock differs from this one."""
    ended: bool = False
    last: float = 0.0


async def check_stream(deployment: Deployment) -> list[Finding]:
    """Return what is wrong with streams; takes as long as two heartbeats, half a minute at most."""
    sent = {
        "accept": "text/event-stream",
        "accept-encoding": COMPRESSIONS,
        "authorization": "Bearer doctor",
        "chatkit-disconnect": "detach",
        "last-event-id": "doctor:0",
        "origin": deployment.origin,
    }
    try:
        async with asyncio.timeout(FIRST_SECONDS) as limit:
            seen = await _read(deployment, sent, limit)
    except TimeoutError:
        return [_buffered(deployment, f"nothing of a stream has arrived after {FIRST_SECONDS:.0f} seconds")]
    if isinstance(seen, int):
        return [
            Finding(
                "no-probe",
                f"{deployment.url}/chatkit/probe answers with status {seen}.",
                "Pass /chatkit and all below it on to the server; after many doctors at once, wait a minute.",
            )
        ]
    return [
        *_compressed(seen),
        *_late(deployment, seen),
        *_broken_off(seen),
        *_request_lost(deployment, seen),
        *_headers_lost(seen),
        *_clock(seen),
    ]


async def _read(deployment: Deployment, sent: dict[str, str], limit: asyncio.Timeout) -> Seen | int:
    """Return what came, or the status of an answer that is no stream."""
    seen: Seen | None = None
    try:
        asked = time.time()
        request = deployment.http.stream(
            "GET", f"{deployment.url}/chatkit/probe?silence", headers=sent, timeout=None
        )
        async with request as response:
            if response.status_code != 200:
                return response.status_code
            seen = Seen(response.headers)
            async for line in response.aiter_lines():
                _take(seen, line, asked)
                if len(seen.arrivals) == 1:
                    silence = float(seen.first["silence_seconds"])
                    limit.reschedule(asyncio.get_running_loop().time() + silence + SPARE_SECONDS)
                if seen.ended:
                    break
    except (httpx2.HTTPError, ValueError, KeyError):
        # Cut, or not what we send; what there is so far tells which.
        pass
    except TimeoutError:
        if seen is None or not seen.arrivals:
            raise
    return seen if seen is not None else 0


def _take(seen: Seen, line: str, asked: float) -> None:
    seen.last = time.monotonic()
    if not line.startswith("data: "):
        return
    event = json.loads(line.removeprefix("data: "))
    if event["type"] == "probe.tick":
        if not seen.arrivals:
            seen.first = event
            seen.clock_off = max(asked - event["time"], event["time"] - time.time(), 0.0)
        seen.arrivals.append(seen.last)
    seen.ended = event["type"] == "probe.end"


def _compressed(seen: Seen) -> Iterator[Finding]:
    encoding = seen.headers.get("content-encoding", "identity")
    if encoding != "identity":
        yield Finding(
            "compression",
            f"Streams are compressed on their way ({encoding}).",
            "Leave text/event-stream out of what the proxy compresses. nginx: gzip off; for /chatkit.",
        )


def _late(deployment: Deployment, seen: Seen) -> Iterator[Finding]:
    if len(seen.arrivals) < 2:
        return
    spread = seen.arrivals[-1] - seen.arrivals[0]
    meant = (len(seen.arrivals) - 1) * float(seen.first["tick_seconds"])
    if spread < meant / 2:
        yield _buffered(deployment, f"what was sent over {meant:.1f} seconds arrived within {spread:.2f}")


def _buffered(deployment: Deployment, how: str) -> Finding:
    return Finding(
        "buffering",
        f"Something before {origin_of(deployment.url)} buffers streams: {how}.",
        "nginx: proxy_buffering off; (and no proxy_ignore_headers X-Accel-Buffering). Apache: "
        "flushpackets=on. A CDN: "
        "switch its buffering, scanning or caching off for /chatkit.",
    )


def _broken_off(seen: Seen) -> Iterator[Finding]:
    if seen.ended or not seen.arrivals:
        return
    silence = float(seen.first["silence_seconds"])
    yield Finding(
        "idle-timeout",
        f"A stream that is silent for {silence:g} seconds, two heartbeats, is cut before that.",
        "Let a silent connection live for 60 seconds. nginx: proxy_read_timeout 60s; load balancers call "
        "it idle timeout. "
        "Where that is not to be had: CHATKIT_HEARTBEAT_SECONDS=2",
    )


def _request_lost(deployment: Deployment, seen: Seen) -> Iterator[Finding]:
    arrived = set(seen.first.get("headers", ()))
    lost = [
        name
        for name in ("authorization", "chatkit-disconnect", "last-event-id", "origin")
        if name not in arrived
    ]
    if lost and seen.first:
        yield Finding(
            "request-headers",
            f"The server does not get {', '.join(lost)}.",
            "Have the proxy pass on all headers of requests to /chatkit.",
        )
    expected = urlsplit(deployment.own_origin)
    host, scheme = str(seen.first.get("host", "")), str(seen.first.get("scheme", expected.scheme))
    if seen.first and origin_of(f"{expected.scheme}://{host}") != deployment.own_origin:
        yield Finding(
            "host",
            f"The server is told that it is {host}, not {expected.netloc}.",
            f"nginx: proxy_set_header Host $http_host; and CHATKIT_PUBLIC_URL={deployment.url}",
        )
    if scheme != expected.scheme:
        yield Finding(
            "scheme",
            f"The server is told that it is reached by {scheme}, not {expected.scheme}.",
            "nginx: proxy_set_header X-Forwarded-Proto $scheme; and for a proxy on another machine "
            "FORWARDED_ALLOW_IPS=<its address> in the server's environment.",
        )


def _headers_lost(seen: Seen) -> Iterator[Finding]:
    lost = [name for name in EXPECTED_HEADERS if name not in seen.headers]
    if lost:
        yield Finding(
            "response-headers",
            f"The server's {', '.join(lost)} does not arrive.",
            "Have the proxy pass on all headers of answers from /chatkit.",
        )


def _clock(seen: Seen) -> Iterator[Finding]:
    if seen.clock_off > CLOCK_SECONDS:
        yield Finding(
            "clock",
            f"The server's clock and this machine's are {seen.clock_off:.0f} seconds apart.",
            "Set both by NTP: timedatectl set-ntp true",
        )
