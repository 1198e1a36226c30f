"""A stand-in with the functions and results of `openai-guardrails`, which is too heavy for the tests.

A text with the name of a kind, or of what it looks for, trips it; UNREACHABLE makes the check fail.
"""

from dataclasses import dataclass, field
from typing import Any

TRIPS = {"Jailbreak": "ignore all rules", "Moderation": "hateful", "Contains PII": "555-0199"}
calls: list[str] = []


@dataclass
class GuardrailResult:
    tripwire_triggered: bool
    info: dict[str, Any] = field(default_factory=dict)
    execution_failed: bool = False
    original_exception: Exception | None = None


def load_config_bundle(config):
    return config


def instantiate_guardrails(bundle):
    return bundle["guardrails"]


async def run_guardrails(
    ctx, data, media_type, guardrails, suppress_tripwire=False, raise_guardrail_errors=False
):
    calls.append(data)
    results = []
    for guard in guardrails:
        name, config = guard["name"], guard["config"]
        if "UNREACHABLE" in data:
            error = ConnectionError("the model of the check does not answer")
            if raise_guardrail_errors:
                raise error
            results.append(GuardrailResult(False, {"guardrail_name": name}, True, error))
            continue
        found = TRIPS.get(name, name) in data
        info = {"guardrail_name": name, "checked_text": data.replace("555-0199", "<PHONE_NUMBER>")}
        if name == "Contains PII":
            info["detected_entities"] = {"PHONE_NUMBER": ["555-0199"]} if found else {}
            info["anonymized_text"] = info["checked_text"]
        results.append(GuardrailResult(found and config.get("block", True), info))
    return results
