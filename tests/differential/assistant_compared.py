"""The compared agent as our server runs it, with a title of its own and without files."""

from app.assistant import Assistant
from tests.differential.agents_compared import agent
from tests.differential.shapes import TITLE

assistant = Assistant(agent, titles=lambda _text, _context: TITLE, files=None)
