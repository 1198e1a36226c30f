"""Secrets in clear text, and the environment variable to use instead. Shows their last four characters."""

from collections.abc import Iterable, Iterator

from app.agent_builder.check.findings import Finding
from app.workflows.reading.secrets import Secret, secrets_in, secrets_in_text
from app.workflows.reading.syntax import Module


def secrets(module: Module) -> Iterator[Finding]:
    """Every text that is, or is named like, a secret; each place once."""
    return _findings(secrets_in(module))


def secrets_in_script(texts: Iterable[tuple[str, str, int]]) -> Iterator[Finding]:
    """The same for a TypeScript file, of which names, texts and lines are known."""
    return _findings(
        secret for name, text, line in texts for secret in secrets_in_text(text, line, name, None)
    )


def _findings(secrets: Iterable[Secret]) -> Iterator[Finding]:
    seen: set[tuple[int, str]] = set()
    for secret in secrets:
        if (secret.line, secret.hint) not in seen:
            seen.add((secret.line, secret.hint))
            yield Finding(
                "secret-in-file",
                secret.line,
                f"{secret.what} in clear text ({secret.hint})",
                f'Replace it there, and put it in the environment: os.environ["{secret.variable}"]',
            )
