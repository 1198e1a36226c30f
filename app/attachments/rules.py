"""What files are taken: the integrator's rules, and the limits of the server around them.

Looks at numbers and type names only; how a type is found out is in `recognition.py`.
"""

from collections.abc import Collection
from dataclasses import KW_ONLY, dataclass, replace

from app.context import FileTerms
from app.errors import BadRequest, NotEnabled, PayloadTooLarge, QuotaExceeded
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class FileRules:
    """Which files an assistant takes; the server's own settings bound all of it.

        Assistant(agent, files=FileRules("image/*", "application/pdf", max_bytes=5_000_000))

    Without a type every type is taken. Types are those of the content, not what a name says.
    """

    accept: tuple[str, ...] = ()
    _: KW_ONLY
    max_bytes: int | None = None
    """Largest file."""
    max_per_message: int | None = None
    """Most files sent with one message."""
    images: bool = True
    """Whether images go to the model; turn it off for one that cannot see."""
    documents: bool | None = None
    """Whether PDF and office files go to the model as they are; by default where it speaks the Responses API.

    Otherwise the model learns their names only. Texts are sent to every model.
    """

    def __init__(
        self,
        *accept: str,
        max_bytes: int | None = None,
        max_per_message: int | None = None,
        images: bool = True,
        documents: bool | None = None,
    ) -> None:
        """`accept` are media types, such as `text/csv` or `image/*`."""
        for pattern in accept:
            if pattern.count("/") != 1:
                raise ValueError(f"a media type looks like image/png or image/*, not {pattern!r}")
        for name, value in (("accept", accept), ("images", images), ("documents", documents)):
            object.__setattr__(self, name, value)
        for name, limit in (("max_bytes", max_bytes), ("max_per_message", max_per_message)):
            if limit is not None and limit < 1:
                raise ValueError(f"{name} must be at least 1; files=None takes no files at all")
            object.__setattr__(self, name, limit)


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds on this server."""

    accept: tuple[str, ...] = ()
    max_bytes: int = 25_000_000
    max_per_message: int = 10
    max_unsent: int = 50
    """Files of a user that are in no message yet."""
    user_bytes: int = 1_000_000_000
    """Bytes of all files of a user together."""

    def within(self, rules: FileRules) -> "Limits":
        """Return these limits, narrowed by an assistant's rules."""
        return Limits(
            rules.accept,
            min(self.max_bytes, rules.max_bytes or self.max_bytes),
            min(self.max_per_message, rules.max_per_message or self.max_per_message),
            self.max_unsent,
            self.user_bytes,
        )

    def at_most(self, max_bytes: int) -> "Limits":
        """Return these limits for files that may be no larger than this."""
        return replace(self, max_bytes=min(self.max_bytes, max_bytes))

    def under(self, terms: FileTerms) -> "Limits":
        """Return what of these limits holds under a client secret; raise `NotEnabled` where it takes none."""
        if not terms.enabled:
            raise NotEnabled("Attachments are not enabled in this session.")
        return self.at_most(terms.max_bytes)

    def check_size(self, size: int) -> None:
        """Refuse a file that is empty or too large."""
        if size < 1:
            raise BadRequest("The file is empty.")
        if size > self.max_bytes:
            raise self.too_large()

    def too_large(self) -> PayloadTooLarge:
        """Return the refusal of a file that is too large."""
        return PayloadTooLarge("The file is too large: at most {limit:,} bytes.", limit=self.max_bytes)

    def check_type(self, mime_type: str) -> None:
        """Refuse a file of a type that is not taken."""
        if self.accept and not _matches(mime_type, self.accept):
            raise BadRequest(
                "Files of the type {type} are not accepted here. Accepted are: {accepted}.",
                type=mime_type[:100],
                accepted=", ".join(self.accept),
            )

    def check_count(self, count: int) -> None:
        """Refuse more files in one message than there may be."""
        if count > self.max_per_message:
            raise BadRequest(
                "At most {limit} files can be sent with one message.", limit=self.max_per_message
            )

    def check_usage(self, *, unsent: int, used: int, size: int) -> None:
        """Refuse one file more than a user may keep; `unsent` and `used` do not count it yet."""
        if unsent >= self.max_unsent:
            raise QuotaExceeded(
                "Too many files wait to be sent. Send or remove some of them first: at most {limit}.",
                limit=self.max_unsent,
            )
        if used + size > self.user_bytes:
            raise QuotaExceeded(
                "There is no room for this file: at most {limit:,} bytes. Delete something first.",
                limit=self.user_bytes,
            )


def limits_of_server(settings: Settings) -> Limits:
    """Return the limits that the settings draw, whatever the assistant takes."""
    return Limits(
        max_bytes=settings.max_file_bytes,
        max_per_message=settings.max_files_per_message,
        max_unsent=settings.max_unsent_files,
        user_bytes=settings.max_user_file_bytes,
    )


def _matches(mime_type: str, patterns: Collection[str]) -> bool:
    kind = mime_type.lower()
    return any(
        kind == pattern.lower()
        or pattern == "*/*"
        or (pattern.endswith("/*") and kind.startswith(pattern[:-1].lower()))
        for pattern in patterns
    )
