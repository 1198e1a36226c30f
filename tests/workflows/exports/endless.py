from agents import Agent, Runner, TResponseInputItem
from pydantic import BaseModel

writer = Agent(name="Writer", instructions="Write.", model="gpt-4.1")


class WorkflowInput(BaseModel):
    input_as_text: str


async def run_workflow(workflow_input: WorkflowInput):
    state = {"done": False}
    workflow = workflow_input.model_dump()
    conversation_history: list[TResponseInputItem] = [
        {"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}
    ]
    while not state["done"]:
        try:
            writer_result_temp = await Runner.run(writer, input=[*conversation_history])
        except Exception as writer_error:
            writer_result = {"message": str(writer_error)}
        else:
            writer_result = {"output_text": writer_result_temp.final_output_as(str)}
    return writer_result
