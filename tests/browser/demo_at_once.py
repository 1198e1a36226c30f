"""The demo assistant without its pace: what it shows is there at once."""

from app.assistant.demo import demo_assistant

assistant = demo_assistant(word_seconds=0)
