"""Settings that are allowed and unwise. Settings that are unsafe never get here: they stop the start."""

from collections.abc import Iterator

from app.ops.doctor.findings import Finding
from app.settings import ANY_DOMAIN, Settings, is_loopback

KEYS = ("CHATKIT_SECRET_KEY", "CHATKIT_SERVER_KEY")
SHORTEST_KEY = 32
FEWEST_CHARACTERS = 10
"""Different ones in a key; one made at random has more."""

MAKE_KEY = "openssl rand -hex 32"


def check_configuration(settings: Settings, url: str | None) -> list[Finding]:
    """Return what is unwise for a server of these settings, reached at `url` where it is known."""
    return [
        *_keys(settings),
        *_guests(settings),
        *_images(settings),
        *_several_processes(settings),
        *_addresses(settings, url),
        *_logs(settings),
    ]


def _keys(settings: Settings) -> Iterator[Finding]:
    weak = {
        name
        for name, key in settings.secrets()
        if name in KEYS and (len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS)
    }
    for name in sorted(weak):
        yield Finding(
            "weak-key",
            f"{name} is shorter than {SHORTEST_KEY} characters or has too few different ones.",
            f"Make one at random: {MAKE_KEY}",
        )


def _guests(settings: Settings) -> Iterator[Finding]:
    if "guest" in settings.auth and settings.guest_anywhere and not is_loopback(settings.host):
        yield Finding(
            "guest-anywhere",
            f"Guests are admitted, and the server listens on {settings.host}.",
            "Have users sign in (CHATKIT_AUTH), or see to it that only you reach that address, and say "
            "so with "
            "--accept guest-anywhere.",
        )


def _images(settings: Settings) -> Iterator[Finding]:
    if ANY_DOMAIN in settings.image_domains:
        yield Finding(
            "any-image",
            "Answers may show images from any host.",
            "Name the hosts that you trust: CHATKIT_IMAGE_DOMAINS=images.example.com",
        )


def _several_processes(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None:
        # The database that the server brings along serves this machine alone.
        return
    if settings.secret_key is None:
        yield Finding(
            "secret-key",
            f"CHATKIT_SECRET_KEY is not set: the key is the one in {settings.data_dir / 'secret_key'}.",
            "Where there is more than one process, give all of them the same: "
            f"CHATKIT_SECRET_KEY=$({MAKE_KEY})",
        )
    if settings.files_url is None:
        folder = settings.data_dir / "files"
        yield Finding(
            "local-files",
            f"Files of users are in {folder.absolute()}, on this machine.",
            "Where there are several machines, share that folder, or set CHATKIT_FILES_URL=s3://…",
        )


def _addresses(settings: Settings, url: str | None) -> Iterator[Finding]:
    if url is not None and settings.public_url != url:
        yield Finding(
            "public-url",
            f"CHATKIT_PUBLIC_URL is {settings.public_url or 'not set'}.",
            f"CHATKIT_PUBLIC_URL={url}",
        )


def _logs(settings: Settings) -> Iterator[Finding]:
    if settings.log_level == "DEBUG":
        yield Finding("debug-log", "CHATKIT_LOG_LEVEL is DEBUG.", "CHATKIT_LOG_LEVEL=INFO")
