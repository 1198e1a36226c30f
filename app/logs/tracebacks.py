"""An exception as a log may tell of it: what kind it is and where it came from.

What an exception says is left out, unless it speaks of the code alone: a database repeats the value it could
not take, a validator its input, a provider the prompt or the key it refused. At the level DEBUG it is shown,
for those who look for a fault of their own.
"""

import traceback

from app.errors import ChatKitServerError, ConfigurationError

HARMLESS = (
    AttributeError,
    ImportError,
    NameError,
    NotImplementedError,
    RecursionError,
    TypeError,
)
"""Kinds whose text names parts of the code."""

OURS = (ChatKitServerError, ConfigurationError)
"""Those whose text is made to be shown."""

DEEPEST = 10
BECAUSE = "\nThe direct cause of what follows:\n\n"
MEANWHILE = "\nWhile this was handled, what follows came up:\n\n"


def told(error: BaseException, *, outspoken: bool = False) -> str:
    """Return an exception and what led to it, the first cause first; with what each says if `outspoken`."""
    parts: list[str] = []
    current: BaseException | None = error
    seen: set[int] = set()
    while current is not None and id(current) not in seen and len(seen) < DEEPEST:
        seen.add(id(current))
        before = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        parts.append(_one(current, outspoken))
        if before is not None:
            parts.append(BECAUSE if current.__cause__ is not None else MEANWHILE)
        current = before
    return "".join(reversed(parts)).rstrip()


def _one(error: BaseException, outspoken: bool) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    head = f"Traceback (most recent call last):\n{frames}" if frames else ""
    inner = "".join(f"\nwithin it:\n{told(part, outspoken=outspoken)}\n" for part in _parts(error))
    return f"{head}{_kind(error, outspoken)}\n{inner}"


def _kind(error: BaseException, outspoken: bool) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, OSError) and error.strerror and not outspoken:
        return f"{name}: {error.strerror}"
    # Exactly these: what derives from them may say anything.
    is_harmless = type(error) in HARMLESS or isinstance(error, OURS)
    return f"{name}: {error}" if outspoken or is_harmless else name


def _parts(error: BaseException) -> tuple[BaseException, ...]:
    return error.exceptions[:DEEPEST] if isinstance(error, BaseExceptionGroup) else ()
