"""Every setting, in one frozen object made once at start and passed down.

Read from the environment with the prefix `CHATKIT_`, besides OpenAI's own two names. Must not be imported as
a global: whoever needs a setting is handed the object or the value.
"""

import os
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import (
    AliasChoices,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.errors import ConfigurationError

PREFIX = "CHATKIT_"
ANY_DOMAIN = "*"
AuthMode = Literal["session", "jwt", "proxy", "guest"]
"""In the order in which they are asked."""

MAX_SERVER_KEYS = 2
"""One, and the one that it replaces."""
_SERVER_KEY = re.compile(r"[A-Za-z0-9._~+/-]{32,}=*")
JwtAlgorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    "ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512",
]  # fmt: skip
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?")


class Settings(BaseSettings):
    """See `docs/settings.md` for what each does; a test keeps the two in step."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", populate_by_name=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    database_url: SecretStr | None = None
    migration_database_url: SecretStr | None = None
    listen_database_url: SecretStr | None = None
    data_dir: Path = Path(".chatkit")
    postgres_bin_dir: Path | None = None
    database_pool_size: int = Field(default=10, ge=1, le=1000)
    database_prepared_statements: bool = True
    row_level_security: bool = True
    agent: str | None = None
    workflow_config: Annotated[tuple[Path, ...], NoDecode] = ()
    model: str | None = None
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_API_KEY", "openai_api_key")
    )
    openai_base_url: str | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_BASE_URL", "openai_base_url")
    )
    openai_api: Literal["responses", "chat_completions"] = "responses"
    transcription_model: str | None = None
    history_tokens: int = Field(default=60_000, ge=1_000)
    titles: bool = True
    auth: Annotated[tuple[AuthMode, ...], NoDecode] = Field(default=("guest",), min_length=1)
    guest_anywhere: bool = False
    jwt_jwks_url: str | None = None
    jwt_key: SecretStr | None = None
    jwt_issuer: str | None = None
    jwt_audience: Annotated[tuple[str, ...], NoDecode] = ()
    jwt_algorithms: Annotated[tuple[JwtAlgorithm, ...], NoDecode] = ()
    jwt_user_claim: str = "sub"
    jwt_roles_claim: str | None = None
    proxy_user_header: str | None = None
    proxy_roles_header: str | None = None
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()
    secret_key: SecretStr | None = None
    server_key: SecretStr | None = None
    session_max_seconds: int = Field(default=600, ge=1, le=86_400)
    public_url: str | None = None
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    image_domains: Annotated[tuple[str, ...], NoDecode] = ()
    max_body_bytes: int = Field(default=1_000_000, ge=1_000)
    max_recording_bytes: int = Field(default=10_000_000, ge=1_000, le=25_000_000)
    recordings_per_minute: int = Field(default=20, ge=1)
    requests_per_minute: int = Field(default=300, ge=1)
    address_requests_per_minute: int = Field(default=1_500, ge=1)
    guest_requests_per_minute: int = Field(default=60, ge=1)
    guest_answers_per_day: int = Field(default=100, ge=1)
    user_tokens_per_day: int = Field(default=10_000_000, ge=1)
    user_upload_bytes_per_day: int = Field(default=2_000_000_000, ge=1)
    max_user_turns: int = Field(default=5, ge=1)
    max_turns: int = Field(default=1_000, ge=1)
    max_connections: int = Field(default=10_000, ge=1)
    files_url: str | None = None
    files_direct: Literal["none", "downloads", "all"] = "none"
    max_file_bytes: int = Field(default=25_000_000, ge=1, le=1_000_000_000)
    max_files_per_message: int = Field(default=10, ge=1, le=100)
    max_unsent_files: int = Field(default=50, ge=1)
    max_user_file_bytes: int = Field(default=1_000_000_000, ge=1)
    unsent_file_hours: float = Field(default=24.0, gt=0)
    retention_days: int | None = Field(default=None, ge=1, le=36_500)
    heartbeat_seconds: float = Field(default=10.0, gt=0, le=15.0)
    flush_seconds: float = Field(default=0.25, gt=0, le=1.0)
    idle_seconds: float = Field(default=60.0, gt=0)
    tool_seconds: float = Field(default=600.0, gt=0)
    on_disconnect: Literal["cancel", "detach"] = "cancel"
    disconnect_grace_seconds: float = Field(default=2.0, ge=0)
    drain_seconds: float = Field(default=20.0, ge=0)
    chatkit_script_url: str | None = None
    domain_key: str = "local-development"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @field_validator(
        "auth",
        "jwt_audience",
        "jwt_algorithms",
        "trusted_proxies",
        "allowed_origins",
        "image_domains",
        "workflow_config",
        mode="before",
    )
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("image_domains")
    @classmethod
    def _check_image_domains(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [domain for domain in domains if domain != ANY_DOMAIN and not _DOMAIN.fullmatch(domain)]:
            raise ValueError(
                f"{wrong[0]!r} is not the name of a host; write images.example.com, or * for any"
            )
        return tuple(domain.lower() for domain in domains)

    @field_validator("trusted_proxies")
    @classmethod
    def _check_trusted_proxies(cls, networks: tuple[IPvAnyNetwork, ...]) -> tuple[IPvAnyNetwork, ...]:
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("this would trust everybody; name the addresses of your proxies")
        return networks

    @field_validator("server_key")
    @classmethod
    def _check_server_key(cls, value: SecretStr | None) -> SecretStr | None:
        keys = server_keys(value)
        if len(keys) > MAX_SERVER_KEYS:
            raise ValueError("one key, or two while one replaces the other, separated by a comma")
        if not all(_SERVER_KEY.fullmatch(key) for key in keys):
            raise ValueError("a key has at least 32 random characters: letters, digits and any of -._~+/")
        return value

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError("an address is needed, such as https://chat.example.com")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _refuse_unsafe_combinations(self) -> Self:
        if "guest" in self.auth and not is_loopback(self.host) and not self.guest_anywhere:
            raise ValueError(
                f"guest access is for this machine only, but CHATKIT_HOST is {self.host}: bind to 127.0.0.1, "
                "or say CHATKIT_GUEST_ANYWHERE=true where nobody but you can reach that address"
            )
        if "*" in self.allowed_origins:
            raise ValueError("CHATKIT_ALLOWED_ORIGINS must name origins exactly; '*' would admit every page")
        return self

    def secrets(self) -> Iterator[tuple[str, str]]:
        """Yield every secret that is set, with the variable that sets it; of an address, its password."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                text = value.get_secret_value()
                # Of some keys there are two while one is rotated out.
                parts = [_password(text)] if name.endswith("_url") else text.split(",")
                yield from ((variable(name), part.strip()) for part in parts)


def server_keys(value: SecretStr | None) -> tuple[str, ...]:
    """Return the keys that `CHATKIT_SERVER_KEY` holds."""
    parts = value.get_secret_value().split(",") if value else ()
    return tuple(part.strip() for part in parts)


def is_loopback(host: str) -> bool:
    """Say whether a server bound to `host` can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _password(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return url


def variable(name: str) -> str:
    """Return the environment variable that sets the setting `name`."""
    alias = Settings.model_fields[name].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else PREFIX + name.upper()


def load_settings(**overrides: object) -> Settings:
    """Read the settings; raise `ConfigurationError` with one sentence per problem.

    `overrides` (command line options) win over the environment. A `CHATKIT_` variable that no setting has is
    refused, because it is nearly always a misspelt one.
    """
    known = {variable(name) for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise ConfigurationError(f"Unknown setting {', '.join(unknown)}; docs/settings.md lists all of them.")
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        raise ConfigurationError("\n".join(_sentence(problem) for problem in error.errors())) from None


def _sentence(problem: Mapping[str, object]) -> str:
    location = problem["loc"]
    message = str(problem["msg"]).removeprefix("Value error, ")
    if not isinstance(location, tuple) or not location:
        return f"{message[0].upper()}{message[1:]}."
    name = str(location[0])
    return f"{variable(name) if name in Settings.model_fields else name}: {message}."
