"""Agents SDK stream events in, ChatKit stream events out: pure, synchronous, without I/O.

    mapper.py          the entrance, and the end of a run
    model_events.py    which of the model's events goes to which part
    messages.py        the assistant's messages, each under an id of our own
    message.py         one message, its parts and citations as they are streamed
    citations.py       annotations of the model → sources a reader can open
    thoughts.py        reasoning, streamed thought by thought
    tools.py           tool calls and hand-offs, each a task with a start and an end
    naming.py          what a call is called
    outcomes.py        how a call ended
    images.py          generated images, each an item of its own
    hosted.py          how the provider's own tools look as tasks
    workflow.py        the one open workflow that thoughts and tool tasks go into
    tool_events.py     what tools stream themselves
    tool_workflows.py  the workflows among it
    output.py          what one call answers
    wording.py         every word the mapper says of its own accord
    raw.py             reading what a model sent
    carriable.py       what tools stream, in a form that can be sent
    text.py            text that JSON and Postgres can carry

Client tool calls are items of their own, made where the run ends.
"""

from app.turns.mapper.mapper import EventMapper
from app.turns.mapper.wording import ENGLISH, Wording, wording_in

__all__ = ["ENGLISH", "EventMapper", "Wording", "wording_in"]
