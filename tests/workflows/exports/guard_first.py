from types import SimpleNamespace

from agents import Agent, Runner, TResponseInputItem
from guardrails.runtime import instantiate_guardrails, load_config_bundle, run_guardrails
from openai import AsyncOpenAI
from pydantic import BaseModel

client = AsyncOpenAI()
ctx = SimpleNamespace(guardrail_llm=client)
desk_guard_config = {
  "guardrails": [{"name": "Jailbreak", "config": {"model": "gpt-5-mini", "confidence_threshold": 0.8}}]
}


def guardrails_has_tripwire(results):
  return any(getattr(found, "tripwire_triggered", False) is True for found in results or [])


def get_guardrail_checked_text(results, fallback_text):
  for found in results or []:
    info = getattr(found, "info", None) or {}
    if "checked_text" in info:
      return info["checked_text"] or fallback_text
  return fallback_text


def build_guardrail_fail_output(results):
  failures = []
  for found in results or []:
    if getattr(found, "tripwire_triggered", False):
      failures.append({"guardrail_name": (found.info or {}).get("guardrail_name")})
  return {"failed": len(failures) > 0, "failures": failures}


clerk = Agent(name="Clerk", instructions="Help.", model="gpt-4.1")


class WorkflowInput(BaseModel):
  input_as_text: str


async def run_workflow(workflow_input: WorkflowInput):
  workflow = workflow_input.model_dump()
  conversation_history: list[TResponseInputItem] = [
    {"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}
  ]
  guardrails_inputtext = workflow["input_as_text"]
  guardrails_result = await run_guardrails(
    ctx,
    guardrails_inputtext,
    "text/plain",
    instantiate_guardrails(load_config_bundle(desk_guard_config)),
    suppress_tripwire=True,
  )
  guardrails_hastripwire = guardrails_has_tripwire(guardrails_result)
  guardrails_anonymizedtext = get_guardrail_checked_text(guardrails_result, guardrails_inputtext)
  guardrails_output = (guardrails_hastripwire and build_guardrail_fail_output(guardrails_result or [])) or (
    guardrails_anonymizedtext or guardrails_inputtext
  )
  if guardrails_hastripwire:
    return guardrails_output
  clerk_result_temp = await Runner.run(clerk, input=[*conversation_history])
  conversation_history.extend([item.to_input_item() for item in clerk_result_temp.new_items])
  clerk_result = {"output_text": clerk_result_temp.final_output_as(str)}
  return clerk_result
