"""Whatever stands in the rows, the history is one that no provider refuses."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.transcripts.pairing import Entry, paired
from app.transcripts.portable import portable
from app.transcripts.storable import storable
from tests.transcripts.remembering import Memory, assert_acceptable, assistant, call, output, user


@pytest.mark.parametrize(
    "damaged", [None, 7, "text", [], {}, {"type": 3}, {"role": ["user"]}, {"type": "new_kind"}]
)
async def test_a_damaged_row_costs_only_itself(memory: Memory, damaged: Any) -> None:
    await memory.remember("turn_1", user("one"), assistant("two"))
    await memory.damage(900, damaged)

    assert await memory.load() == [user("one"), assistant("two")]


async def test_a_call_whose_output_row_is_damaged_is_answered(memory: Memory) -> None:
    await memory.remember("turn_1", user("weather?"), call("c1"))
    await memory.damage(900, "not an item")

    question, made, answered = await memory.load()

    assert question == user("weather?")
    assert answered["call_id"] == made["call_id"]
    assert "interrupted" in answered["output"]


async def test_an_output_whose_call_is_lost_is_left_out(memory: Memory) -> None:
    await memory.remember("turn_1", user("weather?"), output("c1"), assistant("sunny"))

    assert await memory.load() == [user("weather?"), assistant("sunny")]


async def test_call_ids_that_repeat_from_turn_to_turn_stay_apart(memory: Memory) -> None:
    for turn in range(3):
        exchange = (
            user(f"q{turn}"),
            call("call_0", arguments=f'{{"n": {turn}}}'),
            output("call_0", f"r{turn}"),
        )
        await memory.remember(f"turn_{turn}", *exchange, assistant("ok"))

    history = await memory.load()

    assert_acceptable(history)
    assert [item["output"] for item in history if "output" in item] == ["r0", "r1", "r2"]
    assert not [item for item in history if item.get("call_id") == "call_0"]


async def test_the_same_history_is_sent_the_same_way_each_time(memory: Memory) -> None:
    await memory.remember("turn_1", user("q"), call("x"), output("x"), assistant("a"))
    first = await memory.load()
    await memory.remember("turn_2", user("q"), call("x"), output("x"), assistant("a"))

    assert (await memory.load())[: len(first)] == first


async def test_nothing_stands_between_calls_and_their_outputs(memory: Memory) -> None:
    late_text = (call("a"), call("b"), assistant("one moment"), output("b", "B"), output("a", "A"))
    await memory.remember("turn_1", user("q"), *late_text)

    history = await memory.load()

    assert_acceptable(history)
    assert [item.get("output") for item in history] == [None, None, None, "A", "B", None]
    assert history[-1] == assistant("one moment")


async def test_provider_ids_and_reasoning_are_stored_but_not_sent(memory: Memory) -> None:
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "e" * 4_000}
    message = {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": "hi", "annotations": [], "logprobs": []}],
        "phase": "final_answer",
    }
    await memory.remember("turn_1", user("q"), reasoning, {**call("c"), "id": "fc_1"}, output("c"), message)

    history = await memory.load()

    assert_acceptable(history)
    assert history[-1] == {"role": "assistant", "content": "hi", "phase": "final_answer"}
    assert [row.item.get("id") for row in await memory.rows()] == [None, "rs_1", "fc_1", None, "msg_1"]


HOSTED: list[Any] = [
    ({"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"query": "x"}}, None),
    ({"type": "mcp_list_tools", "id": "l", "server_label": "s", "tools": []}, None),
    (
        {
            "type": "mcp_call",
            "id": "m",
            "name": "a.b",
            "arguments": "{}",
            "server_label": "s",
            "output": "42",
        },
        "42",
    ),
    (
        {"type": "mcp_call", "id": "m", "name": "a", "arguments": "{}", "server_label": "s", "error": "no"},
        "no",
    ),
    (
        {"type": "code_interpreter_call", "id": "c", "code": "1", "outputs": [{"type": "logs", "logs": "1"}]},
        "1",
    ),
    ({"type": "code_interpreter_call", "id": "c", "code": "1", "outputs": None}, None),
    ({"type": "file_search_call", "id": "f", "queries": ["q"], "results": None}, None),
    (
        {"type": "image_generation_call", "id": "i", "status": "completed", "result": "QUJD"},
        "The image was shown",
    ),
    ({"type": "item_reference", "id": "rs_1"}, None),
    ({"type": "compaction", "id": "cmp", "encrypted_content": "x"}, None),
    ({"type": "computer_call", "id": "c", "call_id": "c", "action": {}}, None),
]


@pytest.mark.parametrize(("item", "result"), HOSTED, ids=lambda value: str(value)[:40])
async def test_hosted_tools_leave_their_result_and_nothing_else(
    memory: Memory, item: Any, result: str | None
) -> None:
    await memory.remember("turn_1", user("q"), item, assistant("a"))

    history = await memory.load()

    assert_acceptable(history)
    outputs = [item["output"] for item in history if "output" in item]
    assert len(history) == (2 if result is None else 4)
    assert outputs == [] if result is None else outputs[0].startswith(result)


async def test_the_bytes_of_a_generated_image_are_not_stored(memory: Memory) -> None:
    await memory.remember("turn_1", user("q"), {"type": "image_generation_call", "id": "i", "result": "QUJD"})

    assert (await memory.rows())[1].item["result"] is None


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ({"type": "input_image", "image_url": f"data:image/png;base64,{'QUJD' * 400_000}"}, "an image"),
        ({"type": "input_file", "file_data": "QUJD", "filename": "a.pdf"}, "a file"),
    ],
)
async def test_of_an_image_that_a_tool_returns_it_is_remembered_that_there_was_one(
    memory: Memory, part: dict[str, str], what: str
) -> None:
    made = {"type": "function_call", "call_id": "c", "name": "chart", "arguments": "{}"}
    shown = {"type": "input_text", "text": "Here:"}
    answered = {"type": "function_call_output", "call_id": "c", "output": [shown, part]}
    await memory.remember("turn_1", user("q"), made, answered)

    history = await memory.load()

    assert_acceptable(history)
    told = f"[Here the tool returned {what}. It was not kept.]"
    assert history[2]["output"] == [shown, {"type": "input_text", "text": told}]


@pytest.mark.parametrize("kind", ["custom_tool", "shell", "apply_patch"])
async def test_other_local_tools_are_remembered_as_functions(memory: Memory, kind: str) -> None:
    made = {"type": f"{kind}_call", "call_id": "c", "input": "x", "name": kind}
    answered = {"type": f"{kind}_call_output", "call_id": "c", "output": [{"stdout": "y"}]}
    await memory.remember("turn_1", user("q"), made, answered)

    history = await memory.load()

    assert_acceptable(history)
    assert (history[1]["name"], json.loads(history[2]["output"])) == (kind, [{"stdout": "y"}])


@pytest.mark.parametrize("arguments", ["", "{broken", "[1]", "null", '"text"'])
async def test_arguments_that_are_no_object_become_one(memory: Memory, arguments: str) -> None:
    await memory.remember("turn_1", user("q"), call("c", arguments=arguments), output("c"))

    history = await memory.load()

    assert_acceptable(history)
    assert isinstance(json.loads(history[1]["arguments"]), dict)


async def test_an_answer_without_text_is_left_out(memory: Memory) -> None:
    await memory.remember("turn_1", user("q"), assistant(""), assistant("  "), assistant("a"))

    assert await memory.load() == [user("q"), assistant("a")]


async def test_a_refusal_is_remembered_as_what_was_said(memory: Memory) -> None:
    refusal = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "refusal", "refusal": "I cannot."}],
    }
    await memory.remember("turn_1", user("q"), refusal)

    assert await memory.load() == [user("q"), assistant("I cannot.")]


@pytest.mark.proves("STORE-16")
@pytest.mark.parametrize("text", ["a\x00b", "\ud800 alone", "👍🏽 𝔘𝔫𝔦", "x" * 2_000_000])
async def test_hostile_text_is_stored_and_read_back(memory: Memory, text: str) -> None:
    await memory.remember("turn_1", user(text), output("c", text))

    (question,) = await memory.load()

    assert question["content"]
    assert "\x00" not in question["content"]


async def test_values_without_a_json_form_are_stored(memory: Memory) -> None:
    deep: Any = "bottom"
    for _ in range(10_000):
        deep = [deep]
    await memory.remember(
        "turn_1", user("q"), {**call("c"), "n": float("nan"), "o": object(), "d": deep}, output("c")
    )

    assert_acceptable(await memory.load())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(
    [str(item["type"]) for item, _ in HOSTED] + ["message", "function_call", "shell_call", "new"]
)
FIELDS = [
    "role",
    "content",
    "call_id",
    "name",
    "arguments",
    "output",
    "outputs",
    "results",
    "id",
    "action",
    "phase",
]
PARTS = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(
                ["input_text", "input_image", "input_file", "input_audio", "output_text", "x"]
            )
        },
        optional=dict.fromkeys(("text", "image_url", "file_id", "file_data", "input_audio"), JSON),
    ),
    max_size=3,
)
ITEMS = st.dictionaries(
    st.sampled_from(FIELDS),
    JSON | PARTS | st.sampled_from(["user", "assistant", "system", "c1", "c2"]),
    max_size=7,
)
PLAUSIBLE = st.sampled_from([user("q"), assistant("a"), call("c1"), output("c1"), call("c2"), output("c2")])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        PLAUSIBLE | st.tuples(KINDS, ITEMS).map(lambda pair: {"type": pair[0], **pair[1]}) | JSON, max_size=12
    )
)
def test_no_history_is_refused_whatever_the_rows_hold(stored: list[Any]) -> None:
    usable = [storable(item) if isinstance(item, dict) else item for item in stored]
    entries = [Entry(seq, item) for seq, row in enumerate(usable) for item in portable(row)]

    assert_acceptable(paired(entries))
