import agents as sdk
from agents import Runner as R
from pydantic import BaseModel

assistant = sdk.Agent(name="Helper", instructions="Help.", model="gpt-4.1")
critic = sdk.Agent(name="Critic", instructions="Check.", model="gpt-4.1")


def needs_consent(message):
    return True


class WorkflowInput(BaseModel):
    input_as_text: str


async def run_workflow(user_input: WorkflowInput):
    memory = {"rounds": 0}
    text = user_input.input_as_text
    messages = [{"role": "user", "content": [{"type": "input_text", "text": text}]}]
    while memory["rounds"] < 2:
        first = await R.run(assistant, input=[*messages])
        messages.extend(item.to_input_item() for item in first.new_items)
        memory["rounds"] = memory["rounds"] + 1
    second = await sdk.Runner.run(critic, messages)
    answer = {"output_text": second.final_output_as(str)}
    if needs_consent(message="Send it?") and memory["rounds"]:
        return answer
    return {"message": "Kept back."}
