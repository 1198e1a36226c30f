"""The variables of a workflow: defaults, what the thread has, and what a session was made with."""

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.context import SessionTerms
from app.threads.state import ThreadState
from app.turns.workflows.history import ConversationList
from app.turns.workflows.state import MAX_BYTES, MAX_SESSIONS, Variables

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def left(variables: Variables) -> ThreadState:
    """What is saved."""
    kept = variables.left()
    assert kept is not None
    return kept


def session(number: int, **variables: Any) -> SessionTerms:
    return SessionTerms(f"cksess_{number}", "wf_1", state_variables=variables)


@pytest.mark.proves("AB-08")
def test_a_session_is_laid_over_the_state_once_and_what_was_set_since_stays() -> None:
    first = Variables.of(ThreadState({"plan": "free", "asked": 1}), session(1, plan="pro", unknown=True))
    state = first.begin({"plan": "none", "budget": "40"})
    began_with = dict(state)
    state["plan"] = "set by the workflow"
    second = Variables.of(left(first), session(1, plan="pro", unknown=True)).begin({"plan": "none"})
    third = Variables.of(left(first), session(2, plan="team")).begin({"plan": "none"})

    assert began_with == {"plan": "pro", "budget": "40", "asked": 1, "unknown": True}
    assert second["plan"] == "set by the workflow"
    assert second["unknown"] is True
    assert third["plan"] == "team"


@pytest.mark.proves("AB-08")
def test_a_renewed_session_lays_only_what_it_brings_anew() -> None:
    state, plans = ThreadState(), []
    sessions: list[dict[str, Any]] = [
        {"plan": "pro", "tries": 0},
        {"plan": "pro", "tries": 0},
        {"plan": "team", "tries": 0},
        {"tries": False},
    ]
    for number, brought in enumerate(sessions):
        variables = Variables.of(state, session(number, **brought))
        values = variables.begin({"plan": "free", "tries": 9})
        plans.append((values["plan"], values["tries"]))
        values["plan"], values["tries"] = f"{values['plan']}, set", values["tries"] + 1
        state = left(variables)
    first_again = Variables.of(state, session(0, plan="pro", tries=0)).begin({})

    assert plans == [("pro", 0), ("pro, set", 1), ("team", 2), ("team, set", False)]
    assert first_again == {"plan": "team, set, set", "tries": 1}


def test_what_a_thread_kept_of_sessions_before_is_read() -> None:
    state = ThreadState({"plan": "set"}, ("cksess_1", "cksess_2"))

    assert Variables.of(state, session(1, plan="pro")).begin({})["plan"] == "set"
    assert Variables.of(state, session(3, plan="pro")).begin({})["plan"] == "pro"


@pytest.mark.proves("AB-07")
def test_what_is_not_json_is_left_out_and_reported_by_its_key(caplog: pytest.LogCaptureFixture) -> None:
    variables = Variables({})
    state = variables.begin({"good": [1, {"a": None}], "bad": {1, 2}})
    state["tuple"] = (1, 2)
    state["number"] = float("nan")
    state["large"] = "x" * (MAX_BYTES + 1)
    deep: list[Any] = []
    for _ in range(1000):
        deep = [deep]
    state["deep"] = deep

    with caplog.at_level(logging.WARNING):
        kept = left(variables)

    assert kept.values == {"good": [1, {"a": None}]}
    assert {getattr(record, "key", None) for record in caplog.records} == {
        "bad",
        "tuple",
        "number",
        "large",
        "deep",
    }


@given(st.dictionaries(st.text(), json_values), st.dictionaries(st.text(), json_values))
def test_what_is_saved_is_what_the_next_turn_begins_with(
    saved: dict[str, Any], defaults: dict[str, Any]
) -> None:
    first = Variables.of(ThreadState(saved), None)
    state = first.begin(defaults)

    assert Variables.of(left(first), None).begin({}) == state


def test_a_workflow_without_variables_leaves_the_thread_as_it_is() -> None:
    assert Variables.of(ThreadState({"kept": 1}), session(1, plan="pro")).left() is None


def test_a_thread_remembers_the_newest_sessions() -> None:
    state = ThreadState()
    for number in range(MAX_SESSIONS + 10):
        variables = Variables.of(state, session(number))
        variables.begin({})
        state = left(variables)

    ids = [entry.partition(" ")[0] for entry in state.sessions]
    assert ids == [f"cksess_{number}" for number in range(10, MAX_SESSIONS + 10)]


PRIOR: list[Any] = [{"role": "user", "content": "Earlier"}, {"role": "assistant", "content": "Yes."}]
MESSAGE: list[Any] = [{"role": "user", "content": "Now"}]


@pytest.mark.proves("AB-04", "AB-06")
@pytest.mark.parametrize("change", ["mask in place", "replace", "insert", "clear", "nothing", "rubbish"])
def test_what_lies_beyond_the_prior_part_is_remembered_whatever_is_done_to_the_list(change: str) -> None:
    conversation = ConversationList(PRIOR, MESSAGE)
    history: list[Any] = conversation.begin([{"role": "user", "content": "Now"}])
    history.append({"role": "assistant", "content": "Done."})
    match change:
        case "mask in place":
            history[0]["content"] = "*"
            history[2]["content"] = "***"
        case "replace":
            history[0] = {"role": "user", "content": "*"}
        case "insert":
            history.insert(0, {"role": "system", "content": "Be brief."})
        case "clear":
            history.clear()
        case "rubbish":
            history.append("just text")
        case _:
            pass

    added = [item.get("content") for item in conversation.added()]

    assert PRIOR[0]["content"] == "Earlier"
    assert added == {
        "mask in place": ["***", "Done."],
        "insert": ["Be brief.", "Now", "Done."],
        "clear": ["Now"],
    }.get(change, ["Now", "Done."])
