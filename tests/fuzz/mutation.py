"""What is done to a valid request: to its values, to its shape, to its bytes, to its head."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

JSON_TYPE = "application/json"

ODD_TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\u202etxt.exe",
    "\ufeff",
    "\u2028",
    "e\u0301" * 300,
    "😀" * 50,
    "' or 1=1 --",
    "'; drop table chatkit.threads; --",
    "$1",
    "%s%n",
    "{0.__class__}",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "thr_00000000000000000000000000000000",
    "x" * 300,
    "x" * 100_001,
    "-1",
    "NaN",
    "null",
]
ODD_VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    -(2**63) - 1,
    10**40,
    0.1,
    1e308,
    [],
    {},
    [[]],
    [None] * 500,
    {"": ""},
    {"type": "input_text"},
    {"$ref": "#"},
    {"__proto__": {"x": 1}},
    *ODD_TEXTS,
]

ODD_BYTES = [
    b"\x00",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\u0000",
    b"NaN",
    b"1e999",
    b"//",
    b"\x1b",
]


@dataclass
class Attack:
    """One request as it is sent."""

    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": JSON_TYPE})
    kind: str = "values"
    """What is odd about it: values at the most, its bytes, or its head."""


def attacks(requests: list[dict[str, Any]], chance: Random) -> Iterator[Attack]:
    """Yield requests for ever: most with a few odd values, some broken in their bytes or their head."""
    while True:
        request = copy.deepcopy(chance.choice(requests))
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
            chance.choice(_SHAPES)(request, chance)
        attack = Attack(_encoded(request, chance))
        if chance.random() < 0.35:
            attack.body, attack.kind = chance.choice(_BYTES)(attack.body, chance), "bytes"
        if chance.random() < 0.15:
            attack.headers, attack.kind = chance.choice(_HEADS), "heads"
        yield attack


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container in a value with each of its keys."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in list(pairs):
        yield value, key
        yield from places(part)


def _place(request: dict[str, Any], chance: Random) -> tuple[Any, Any]:
    return chance.choice(list(places(request)) or [({"x": 0}, "x")])


def _replace(request: dict[str, Any], chance: Random) -> None:
    where, key = _place(request, chance)
    where[key] = copy.deepcopy(chance.choice(ODD_VALUES))


def _leave_out(request: dict[str, Any], chance: Random) -> None:
    where, key = _place(request, chance)
    del where[key]


def _add(request: dict[str, Any], chance: Random) -> None:
    where, _ = _place(request, chance)
    if isinstance(where, dict):
        where[chance.choice(["x", "type", "id", "user_id", "", "constructor"])] = chance.choice(ODD_VALUES)
    else:
        where.extend([copy.deepcopy(chance.choice(ODD_VALUES))] * chance.choice((1, 3, 150)))


def _move(request: dict[str, Any], chance: Random) -> None:
    (source, key), (target, other) = _place(request, chance), _place(request, chance)
    target[other] = copy.deepcopy(source[key])


def _nest(request: dict[str, Any], chance: Random) -> None:
    where, key = _place(request, chance)
    for _ in range(chance.choice((1, 20, 150))):
        where[key] = [where[key]] if chance.random() < 0.5 else {"a": where[key]}


_SHAPES: list[Callable[[dict[str, Any], Random], None]] = [_replace, _replace, _leave_out, _add, _move, _nest]


def _encoded(request: dict[str, Any], chance: Random) -> bytes:
    return json.dumps(request, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _truncated(body: bytes, chance: Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _with_bytes(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    return body[:at] + chance.choice(ODD_BYTES) + body[at:]


def _without_bytes(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    return body[:at] + body[at + chance.choice((1, 2, 10)) :]


def _repeated(body: bytes, chance: Random) -> bytes:
    return body + chance.choice((b"", b" ", b"\n")) + body


def _with_keys_twice(body: bytes, chance: Random) -> bytes:
    return b'{"type":"threads.list","params":{},' + body[1:]


def _in_another_encoding(body: bytes, chance: Random) -> bytes:
    text = body.decode("utf-8", "replace")
    return text.encode(chance.choice(["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7"]))


def _very_deep(body: bytes, chance: Random) -> bytes:
    levels = chance.choice((200, 10_000, 100_000))
    return b'{"type":"threads.list","params":' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"


def _very_long(body: bytes, chance: Random) -> bytes:
    text = b"x" * chance.choice((900_000, 1_100_000))
    return b'{"type":"threads.create","params":{"input":{"content":[{"type":"input_text","text":"' + text


def _many_keys(body: bytes, chance: Random) -> bytes:
    keys = b",".join(b'"%d":0' % number for number in range(60_000))
    return b'{"type":"threads.list","params":{' + keys + b"}}"


def _large_number(body: bytes, chance: Random) -> bytes:
    return b'{"type":"threads.list","params":{"limit":' + b"9" * chance.choice((20, 5_000)) + b"}}"


_BYTES: list[Callable[[bytes, Random], bytes]] = [
    _truncated,
    _with_bytes,
    _with_bytes,
    _without_bytes,
    _without_bytes,
    _repeated,
    _with_keys_twice,
    _in_another_encoding,
    _very_deep,
    _very_long,
    _many_keys,
    _large_number,
]

_HEADS: list[dict[str, str]] = [
    {},
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "multipart/form-data; boundary=x"},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Type": JSON_TYPE, "Content-Encoding": "gzip"},
    {"Content-Type": JSON_TYPE, "Accept-Language": "x" * 5_000},
    {"Content-Type": JSON_TYPE, "Accept-Language": "de;q=x,*;q=9,,;"},
    {"Content-Type": JSON_TYPE, "Chatkit-Disconnect": "detach"},
    {"Content-Type": JSON_TYPE, "Chatkit-Disconnect": "'"},
    {"Content-Type": JSON_TYPE, "X-Request-Id": "x-" * 500},
    {"Content-Type": JSON_TYPE, "Cookie": "chatkit_guest=" + "x" * 3_000},
    {"Content-Type": JSON_TYPE, "Origin": "null"},
    {"Content-Type": JSON_TYPE, "Origin": "http://elsewhere.example"},
    {"Content-Type": JSON_TYPE, "Accept": "application/xml"},
    {"Content-Type": JSON_TYPE, "Expect": "100-continue"},
]
