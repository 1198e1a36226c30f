"""The assistant for those who have no model: a script that says so, and shows what the server can do.

    replies.py          which reply a message gets
    texts.py            what it says
    sources.py          texts that cite something
    picture.py          a picture, drawn on the spot
    tools.py            real function tools, on invented data
    shop.py             a widget, and what happens when one clicks in it
    conversation.py     what has been said so far, from a model's input
    model.py            the script as an Agents SDK model
    response_events.py  a reply as the events of the Responses API

Deterministic, and never on the network.
"""

from app.assistant.demo.assistant import demo_assistant
from app.assistant.demo.model import DemoModel

__all__ = ["DemoModel", "demo_assistant"]
