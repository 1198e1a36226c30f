"""The key that signs cookies and URLs: given by the operator, or made once and kept in the data directory."""

import os
import secrets
from pathlib import Path

from app.errors import ConfigurationError
from app.settings import Settings

MINIMUM_LENGTH = 32


def load_secret_key(settings: Settings) -> str:
    """Return `CHATKIT_SECRET_KEY`, else the key of the data directory, which is made where there is none."""
    if settings.secret_key is not None:
        key = settings.secret_key.get_secret_value()
        if len(key) < MINIMUM_LENGTH:
            raise ConfigurationError(f"CHATKIT_SECRET_KEY must have at least {MINIMUM_LENGTH} characters.")
        return key
    path = settings.data_dir / "secret_key"
    try:
        return _read_or_make(path)
    except OSError as error:
        raise ConfigurationError(
            f"The signing key cannot be kept in {path} ({error.strerror}): "
            "set CHATKIT_SECRET_KEY or CHATKIT_DATA_DIR."
        ) from error


def _read_or_make(path: Path) -> str:
    if path.exists():
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w") as file:
            file.write(secrets.token_urlsafe(48))
        # Linking fails where another process was faster, and never shows a half-written key.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
    return path.read_text().strip()
