"""An assistant that takes files and answers at once."""

from app.assistant.demo import demo_assistant

assistant = demo_assistant(word_seconds=0)
