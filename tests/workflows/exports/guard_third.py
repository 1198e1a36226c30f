from types import SimpleNamespace

from agents import Agent, Runner, TResponseInputItem
from guardrails.runtime import instantiate_guardrails, load_config_bundle, run_guardrails
from openai import AsyncOpenAI
from pydantic import BaseModel

client = AsyncOpenAI()
ctx = SimpleNamespace(guardrail_llm=client)
desk_guard_config = {
  "guardrails": [
    {"name": "Contains PII", "config": {"block": False, "entities": ["PHONE_NUMBER"]}},
    {"name": "Jailbreak", "config": {"model": "gpt-5-mini", "confidence_threshold": 0.8}},
  ]
}


def guardrails_has_tripwire(results):
  return any(getattr(found, "tripwire_triggered", False) is True for found in results or [])


def get_guardrail_safe_text(results, fallback_text):
  for found in results or []:
    info = (found.info if hasattr(found, "info") else None) or {}
    if isinstance(info, dict) and "checked_text" in info:
      return info.get("checked_text") or fallback_text
  return fallback_text


async def scrub_conversation_history(history, config):
  try:
    checks = [one for one in config["guardrails"] if one["name"] == "Contains PII"]
    for message in history or []:
      for part in message.get("content") or []:
        if isinstance(part, dict) and part.get("type") == "input_text":
          results = await run_guardrails(
            ctx,
            part["text"],
            "text/plain",
            instantiate_guardrails(load_config_bundle({"guardrails": checks})),
            suppress_tripwire=True,
            raise_guardrail_errors=True,
          )
          part["text"] = get_guardrail_safe_text(results, part["text"])
  except Exception:
    pass


async def scrub_workflow_input(workflow, input_key, config):
  try:
    checks = [one for one in config["guardrails"] if one["name"] == "Contains PII"]
    value = workflow.get(input_key)
    if isinstance(value, str):
      results = await run_guardrails(
        ctx,
        value,
        "text/plain",
        instantiate_guardrails(load_config_bundle({"guardrails": checks})),
        suppress_tripwire=True,
        raise_guardrail_errors=True,
      )
      workflow[input_key] = get_guardrail_safe_text(results, value)
  except Exception:
    pass


async def run_and_apply_guardrails(input_text, config, history, workflow):
  results = await run_guardrails(
    ctx,
    input_text,
    "text/plain",
    instantiate_guardrails(load_config_bundle(config)),
    suppress_tripwire=True,
    raise_guardrail_errors=True,
  )
  masks = any(
    one["name"] == "Contains PII" and one["config"].get("block") is False for one in config["guardrails"]
  )
  if masks:
    await scrub_conversation_history(history, config)
    await scrub_workflow_input(workflow, "input_as_text", config)
  return {
    "results": results,
    "has_tripwire": guardrails_has_tripwire(results),
    "safe_text": get_guardrail_safe_text(results, input_text),
    "fail_output": build_guardrail_fail_output(results or []),
    "pass_output": {"safe_text": get_guardrail_safe_text(results, input_text) or input_text},
  }


def build_guardrail_fail_output(results):
  def _named(wanted):
    for found in results or []:
      info = (found.info if hasattr(found, "info") else None) or {}
      if info.get("guardrail_name") == wanted:
        return found
    return None

  kinds = [
    "Contains PII",
    "Moderation",
    "Jailbreak",
    "Hallucination Detection",
    "NSFW Text",
    "URL Filter",
    "Custom Prompt Check",
    "Prompt Injection Detection",
  ]
  pii, mod, jb, hal, nsfw, url, custom, pid = map(_named, kinds)

  def _failed(found):
    return bool(found.tripwire_triggered)

  def _about(found):
    return found.info

  pii_info, url_info = map(_about, [pii, url])
  entities = pii_info.get("detected_entities") if isinstance(pii_info, dict) else {}
  counts = [f"{name}:{len(found)}" for name, found in (entities or {}).items()]
  return {
    "pii": {"failed": _failed(pii), "detected_counts": counts},
    "moderation": {"failed": _failed(mod)},
    "jailbreak": {"failed": _failed(jb)},
    "hallucination": {"failed": _failed(hal)},
    "nsfw": {"failed": _failed(nsfw)},
    "url_filter": {"failed": _failed(url), "blocked": url_info.get("blocked") or []},
    "custom_prompt_check": {"failed": _failed(custom)},
    "prompt_injection": {"failed": _failed(pid)},
  }


clerk = Agent(name="Clerk", instructions="Help.", model="gpt-4.1")


class WorkflowInput(BaseModel):
  input_as_text: str


async def run_workflow(workflow_input: WorkflowInput):
  workflow = workflow_input.model_dump()
  conversation_history: list[TResponseInputItem] = [
    {"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}
  ]
  guard = await run_and_apply_guardrails(
    workflow["input_as_text"], desk_guard_config, conversation_history, workflow
  )
  outcome = (guard["has_tripwire"] and guard["fail_output"]) or guard["pass_output"]
  if guard["has_tripwire"]:
    return outcome
  clerk_result_temp = await Runner.run(clerk, input=[*conversation_history])
  conversation_history.extend([item.to_input_item() for item in clerk_result_temp.new_items])
  clerk_result = {"output_text": clerk_result_temp.final_output_as(str)}
  return clerk_result
