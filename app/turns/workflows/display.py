"""What a user sees of an agent's run in a workflow: its words, a widget of its output, or nothing.

An agent with an `output_type` speaks to the code of the workflow and not to people, so it is hidden unless
the settings say otherwise. Nothing of a hidden run is shown; what it needs the user for still is.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from agents import Agent, StreamEvent
from chatkit.types import CustomTask, TaskItem, ThreadItemDoneEvent, ThreadStreamEvent, WidgetItem
from pydantic import BaseModel

from app.assistant.widget_templates import WidgetTemplate
from app.assistant.widget_templates.template import WidgetTemplateError
from app.ids import ThreadId
from app.languages import Sentence, translated
from app.turns.mapper.citations import CitedFiles
from app.turns.showing import Showing
from app.workflows.settings import WorkflowSettings

logger = logging.getLogger(__name__)

NOT_SHOWN: Sentence = "A part of the answer could not be shown."


class Unseen:
    """In the place of a mapper, for a run of which nothing is shown."""

    def map(self, _: StreamEvent) -> Iterable[ThreadStreamEvent]:
        """Return nothing."""
        return ()

    def emitted(self, _: ThreadStreamEvent) -> Iterable[ThreadStreamEvent]:
        """Return nothing."""
        return ()

    def cited_files(self) -> list[CitedFiles]:
        """Return nothing."""
        return []

    def finish(self) -> Iterable[ThreadStreamEvent]:
        """Return nothing."""
        return ()

    def interrupt(self) -> Iterable[ThreadStreamEvent]:
        """Return nothing."""
        return ()


def is_shown(agent: Agent[Any], settings: WorkflowSettings) -> bool:
    """Say whether the words of an agent are for the user."""
    if agent.name in settings.widgets:
        return False
    return settings.shown.get(agent.name, agent.output_type is None or agent.output_type is str)


def widget_event(
    template: WidgetTemplate, output: object, showing: Showing, thread_id: ThreadId, language: str
) -> ThreadStreamEvent:
    """Return a widget with an agent's output in it; a sentence, where the two do not fit."""
    now = datetime.now(UTC)
    try:
        widget = template.build(output if isinstance(output, BaseModel | dict) else {"output": output})
    except WidgetTemplateError as error:
        logger.warning("the output of an agent does not fill its widget", extra={"widget": template.name})
        logger.debug("%s", error)
        task = CustomTask(title=translated(NOT_SHOWN, language), icon="square-image")
        return ThreadItemDoneEvent(
            item=TaskItem(id=showing.new_item_id("task"), thread_id=thread_id, created_at=now, task=task)
        )
    item_id = showing.new_item_id("message")
    return ThreadItemDoneEvent(
        item=WidgetItem(id=item_id, thread_id=thread_id, created_at=now, widget=widget)
    )
