"""An assistant that asks, shows and takes all that there are operations for, at once."""

from app.assistant.demo import demo_assistant

assistant = demo_assistant(word_seconds=0)
