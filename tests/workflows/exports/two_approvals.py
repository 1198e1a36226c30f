from agents import Agent, Runner
from pydantic import BaseModel

clerk = Agent(name="Clerk", instructions="Help.", model="gpt-4.1")


def approval_request(message: str):
  # Implement this
  return True


def approval_request1(message: str):
  # Implement this
  return True


class WorkflowInput(BaseModel):
  input_as_text: str


async def run_workflow(workflow_input: WorkflowInput):
  workflow = workflow_input.model_dump()
  if approval_request("May I look?"):
    if approval_request1("May I lend it?"):
      return {"message": "Lent."}
    return workflow
  clerk_result_temp = await Runner.run(clerk, input=workflow["input_as_text"])
  return {"output_text": clerk_result_temp.final_output_as(str)}
