"""A stand-in with the functions and results of `openai-guardrails`, which is too heavy for most tests.

A text with the name of a kind, or of what it looks for, trips it; UNREACHABLE makes the check fail. Fails, and
tells of what it has found, as version 0.3.6 does: tests/guardrails runs the same files on the real one.
"""

from dataclasses import dataclass, field
from typing import Any

TRIPS = {"Jailbreak": "ignore all rules", "Moderation": "hateful", "Contains PII": "555-0199"}
KINDS = {*TRIPS, "URL Filter", "NSFW Text", "Prompt Injection Detection"}
calls: list[str] = []


class ConfigError(Exception):
    """A configuration that no check can be made of."""


@dataclass(frozen=True)
class GuardrailResult:
    tripwire_triggered: bool
    execution_failed: bool = False
    original_exception: Exception | None = None
    info: dict[str, Any] = field(default_factory=dict)


def load_config_bundle(source):
    return source


def instantiate_guardrails(bundle):
    for guard in bundle["guardrails"]:
        if guard["name"] not in KINDS:
            raise ConfigError(f"Guardrail '{guard['name']}' not found")
    return bundle["guardrails"]


async def run_guardrails(
    ctx, data, media_type, guardrails, *, suppress_tripwire=False, raise_guardrail_errors=False
):
    calls.append(data)
    results = []
    for guard in guardrails:
        name, config = guard["name"], guard["config"]
        error = None
        if "UNREACHABLE" in data:
            error = ConnectionError("the model of the check does not answer")
        elif name == "Contains PII" and not data:
            error = ValueError("Text cannot be empty or None")
        if error is not None:
            if raise_guardrail_errors:
                raise ExceptionGroup("unhandled errors in a TaskGroup", [error])
            info = {"checked_text": data, "guardrail_name": name, "error": str(error)}
            results.append(GuardrailResult(False, True, error, info))
            continue
        found = TRIPS.get(name, name) in data
        info = {"guardrail_name": name, "stage_name": "unnamed"}
        if name == "Contains PII":
            info["detected_entities"] = {"PHONE_NUMBER": ["555-0199"]} if found else {}
            info["checked_text"] = data.replace("555-0199", "<PHONE_NUMBER>")
        results.append(GuardrailResult(found and config.get("block", True), info=info))
    return results
