"""An assistant that takes files, and one that tells the model what its session was given."""

from agents import Agent

from app.assistant import Assistant, FileRules, RequestContext
from app.assistant.demo import demo_assistant

assistant = demo_assistant(word_seconds=0)


def told(context: RequestContext) -> Agent:
    """Answer from what the back-end has given along."""
    given = context.session.state_variables if context.session else {}
    return Agent(name="Told", instructions=f"The plan is {given.get('plan')}.")


with_state = Assistant(told, files=FileRules())
