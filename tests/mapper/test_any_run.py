"""What holds for every run, however it goes: checked frame by frame by `Mapped` and its page."""

import logging
from collections.abc import Sequence
from typing import Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.mapper.mapped import Mapped
from tests.mapper.strategies import Event, damaged_runs, replies, runs, sdk_events
from tests.provider.script import Refuse, Say, Step
from tests.provider.wire import parts, text_of

MAPPER_LOG = logging.getLogger("app.turns.mapper.mapper")

MANY = settings(max_examples=50, deadline=None)


def play(run: Mapped, events: Sequence[Event]) -> None:
    for event in events:
        if isinstance(event, BaseModel):
            run.tool(event)
        else:
            run.sdk(event)
        run.later(0.1)


class Ignored(logging.Handler):
    """Collects what the mapper took for malformed, while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def __enter__(self) -> Self:
        MAPPER_LOG.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        MAPPER_LOG.removeHandler(self)


@pytest.mark.proves("EV-1", "UPD-1", "UPD-2", "UPD-3", "UPD-5", "ITEM-workflow-1", "ITEM-workflow-2", "MAP-4")
@MANY
@given(runs())
def test_updates_lead_to_the_done_items_and_nothing_stays_open(events: list[Event]) -> None:
    run = Mapped()
    with Ignored() as ignored:
        play(run, events)
        run.finish()
    assert ignored.records == []


@pytest.mark.proves("EV-1", "UPD-1", "ITEM-workflow-1")
@MANY
@given(runs(), st.data())
def test_a_run_can_be_cut_anywhere(events: list[Event], data: st.DataObject) -> None:
    run = Mapped()
    play(run, events[: data.draw(st.integers(0, len(events)))])
    run.interrupt()


@MANY
@given(damaged_runs())
def test_no_damage_makes_it_raise_or_send_what_a_page_cannot_take(events: list[Event]) -> None:
    run = Mapped()
    play(run, events)
    run.finish()


@MANY
@given(runs())
def test_replaying_the_frames_gives_what_was_stored(events: list[Event]) -> None:
    run = Mapped()
    play(run, events)
    page = run.finish()
    assert page.items == run.stored()


@pytest.mark.proves("MAP-5")
@MANY
@given(st.lists(replies("responses"), max_size=3))
def test_all_that_the_model_said_is_shown_in_its_order(responses: list[list[Step]]) -> None:
    run = Mapped()
    play(run, sdk_events("responses", responses))
    spoken = [_spoken(step) for reply in responses for step in reply if isinstance(step, Say | Refuse)]
    assert run.finish().texts() == ["".join(said) for said in spoken if said]


def _spoken(step: Say | Refuse) -> list[str]:
    said = [text_of(part).replace("\0", "") for part in parts(step.pieces)]
    return [text for text in said if text.strip()]
