"""The demo, in a hurry."""

from dataclasses import replace

from app.assistant import FileRules
from app.assistant.demo import demo_assistant

assistant = demo_assistant(word_seconds=0)
without_files = replace(assistant, files=None)
images_only = replace(assistant, files=FileRules("image/*", max_bytes=1_000_000, max_per_message=1))
