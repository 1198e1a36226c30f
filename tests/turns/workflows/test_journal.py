"""Whatever a workflow does and however often it waits, no call is made twice."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.turns.failures import WorkflowDiverged
from app.turns.workflows.journal import Journal, RecordedFailure
from app.turns.workflows.stops import WorkflowStopped

Step = tuple[str, str]
"""A kind of call and its name: run, search, failing, approval, or a branch that the last decision takes."""

names = st.sampled_from(["Clerk", "Editor", "Buyer"])
steps = st.one_of(
    st.tuples(st.just("run"), names),
    st.tuples(st.just("search"), st.just("")),
    st.tuples(st.just("failing"), names),
    st.tuples(st.just("approval"), st.sampled_from(["approval_request", "approval_request1"])),
    st.tuples(st.just("if approved"), names),
)
programs = st.lists(steps, max_size=12)


@dataclass
class World:
    """What calls do, and how the user decides: each decision is used once, then always yes."""

    decisions: Sequence[bool]
    made: list[Step] = field(default_factory=list)
    decided: int = 0

    async def make(self, step: Step) -> Any:
        self.made.append(step)
        if step[0] == "failing":
            raise ValueError(f"no {step[1]}")
        return {"call": len(self.made), "of": step[1]}

    def decide(self) -> bool:
        self.decided += 1
        return self.decisions[self.decided - 1] if self.decided <= len(self.decisions) else True


@dataclass
class Waits:
    """The host's part: an approval that is not decided stops the program at its place."""

    journal: Journal
    world: World
    at: int | None = None

    async def approve(self, stub: str) -> bool:
        place, call = self.journal.take("approval", stub)
        if call.is_done:
            return bool(call.outcome())
        self.at = place
        raise WorkflowStopped


async def run(program: Sequence[Step], host: Waits) -> list[Any]:
    """Carry out a program; return all that it has learned on its way."""
    learned: list[Any] = []
    approved = True
    for step in program:
        kind, name = step
        if kind == "approval":
            approved = await host.approve(name)
            learned.append(approved)
        elif kind == "if approved" and not approved:
            continue
        else:
            try:
                learned.append(await host.journal.recorded(kind, name, partial(host.world.make, step)))
            except (ValueError, RecordedFailure) as error:
                learned.append(str(error))
    return learned


async def to_the_end(program: Sequence[Step], world: World) -> list[Any]:
    """Run a program over as many turns as it waits, each in a process of its own."""
    journal = Journal()
    while True:
        host = Waits(journal, world)
        try:
            return await run(program, host)
        except WorkflowStopped:
            assert host.at is not None
            stored = json.loads(json.dumps(journal.as_json()))
            journal = Journal.from_json(stored, host.at)
            journal.calls[host.at].finish(world.decide())


async def without_waiting(program: Sequence[Step], world: World) -> list[Any]:
    """Run it as if every decision were there at once."""

    class Knows(Waits):
        async def approve(self, stub: str) -> bool:
            return self.world.decide()

    return await run(program, Knows(Journal(), world))


@pytest.mark.proves("AB-10", "AB-11")
@settings(max_examples=300, deadline=None)
@given(programs, st.lists(st.booleans(), max_size=6))
def test_any_workflow_that_waits_does_what_it_would_have_done_without_waiting(
    program: list[Step], decisions: list[bool]
) -> None:
    waiting, at_once = World(decisions), World(decisions)

    learned = asyncio.run(to_the_end(program, waiting))

    assert learned == asyncio.run(without_waiting(program, at_once))
    assert waiting.made == at_once.made


@pytest.mark.proves("AB-11")
@settings(max_examples=200, deadline=None)
@given(programs.filter(bool), st.data())
def test_a_workflow_that_has_changed_before_its_question_makes_no_call(
    program: list[Step], data: st.DataObject
) -> None:
    world = World([])
    first = [step for step in program if step[0] != "approval"]
    host = Waits(Journal(), world)
    with pytest.raises(WorkflowStopped):
        asyncio.run(run([*first, ("approval", "approval_request")], host))
    assert host.at is not None
    made = list(world.made)
    journal = Journal.from_json(json.loads(json.dumps(host.journal.as_json())), host.at)
    journal.calls[host.at].finish(True)
    place = data.draw(st.integers(0, len(first)))
    changed = [*first[:place], ("run", "Somebody else"), *first[place:], ("approval", "approval_request")]

    with pytest.raises(WorkflowDiverged):
        asyncio.run(run(changed, Waits(journal, world)))

    assert world.made == made


@pytest.mark.proves("AB-11")
async def test_a_call_that_was_under_way_beside_the_question_is_in_doubt() -> None:
    journal = Journal()
    journal.take("run", "Clerk")
    place, _ = journal.take("approval", "approval_request")
    again = Journal.from_json(json.loads(json.dumps(journal.as_json())), place)

    with pytest.raises(WorkflowDiverged):
        again.take("run", "Clerk")
    assert not again.has_caught_up
