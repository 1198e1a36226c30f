"""What both servers are asked.

    conversations.py  messages and their answers
    faults.py         answers that go wrong
    tools.py          what tools show, hosted ones included
    waiting.py        tools of the page, and questions to the user
    history.py        reading, renaming, deleting, voting, trying again
    refused.py        broken requests, and what a server does not offer

A scenario scripts the model anew for each server.
"""

from tests.differential.corpus import conversations, faults, history, refused, tools, waiting
from tests.differential.scenario import SCENARIOS

__all__ = ["SCENARIOS", "conversations", "faults", "history", "refused", "tools", "waiting"]
