"""What a check finds in exports, construct by construct."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.workflows.retirements import RETIREMENTS, retirement
from tests.agent_builder.checking import found, report_of
from tests.agent_builder.constructs import (
    FILE_SEARCH_NODE,
    FIRST_GUARDRAILS,
    LIBRARY_DESK,
    PLAIN,
    SECOND_GUARDRAILS,
    THIRD_GUARDRAILS,
)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.proves("AB-75")
def test_a_plain_export_has_nothing_to_do(tmp_path: Path) -> None:
    report = report_of(tmp_path, PLAIN)
    assert report.is_clean
    assert [finding.rule for finding in report.findings] == ["no-workflow-id"]


@pytest.mark.proves("AB-75")
def test_everything_in_a_large_export_is_listed(tmp_path: Path) -> None:
    inventory = report_of(tmp_path, LIBRARY_DESK).as_json()["workflow"]
    assert (inventory["name"], inventory["ids"]) == ("Library desk", ["wf_desk"])
    assert [(agent["name"], agent["model"], agent["classifies"]) for agent in inventory["agents"]] == [
        ("Clerk", "gpt-4.1", False),
        ("Buyer", "gpt-5", False),
        ("Sorter", "o4-mini", True),
    ]
    assert {(tool["name"], tool["kind"], tool["stub"]) for tool in inventory["tools"]} == {
        ("shelves", "file search", False),
        ("web_search_preview", "web search", False),
        ("code_interpreter", "code interpreter", False),
        ("mcp", "MCP", False),
        ("renew_loan", "function", True),
    }
    lines = {kind: line_of(LIBRARY_DESK, part) for kind, part in NODES.items()}
    assert inventory["nodes"] == {kind: [line] for kind, line in lines.items()}
    assert inventory["entry_point_line"] == line_of(LIBRARY_DESK, "async def run_workflow")


NODES = {
    "End": 'end_result = {"message"',
    "If/else": 'if sorter_category == "order"',
    "Set state": 'state["asked"] = True',
    "User approval": "if approval_request(",
}


@pytest.mark.proves("AB-75")
@pytest.mark.parametrize(
    ("text", "rule", "part"),
    [
        (LIBRARY_DESK, "approval-always-yes", "def approval_request"),
        (LIBRARY_DESK, "stub-tool", "def renew_loan"),
        (LIBRARY_DESK, "key-at-import", "client = AsyncOpenAI()"),
        (LIBRARY_DESK, "no-answer", "async def run_workflow"),
        (LIBRARY_DESK, "forgets-messages", "conversation_history: list"),
        (LIBRARY_DESK, "forgets-state", 'state = {"budget"'),
        (LIBRARY_DESK, "old-pydantic", "final_output.json()"),
        (LIBRARY_DESK, "tool-approval", "mcp = HostedMCPTool"),
        (LIBRARY_DESK, "secret-in-file", '"authorization"'),
        (LIBRARY_DESK, "hidden-answer", "buyer = Agent"),
        (FILE_SEARCH_NODE, "file-search-node", "client.vector_stores"),
        (FIRST_GUARDRAILS, "guardrail-fails-open", "result = await run_guardrails"),
        (FIRST_GUARDRAILS, "missing-extra", "from guardrails"),
        (SECOND_GUARDRAILS, "masking-fails-open", "async def scrub_"),
        (THIRD_GUARDRAILS, "masking-fails-open", "async def scrub_"),
        (THIRD_GUARDRAILS, "guardrail-crash", "return result.info"),
        (PLAIN + "\nprompt = 'pmpt_abc'\n", "prompt-object", "pmpt_abc"),
        (PLAIN.replace("async def run_workflow", "async def main"), "no-entry-point", ""),
        (
            PLAIN.replace("import Agent, Runner", "import Agent, Runner, Nobody"),
            "unknown-import",
            "from agents",
        ),
        ("import a_package_nobody_has\n" + PLAIN, "missing-package", "import a_package"),
        (PLAIN.replace("return clerk_result", "return clerk_answer"), "unknown-name", "return clerk_answer"),
    ],
)
def test_each_fault_is_found_in_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, rule: str, part: str
) -> None:
    monkeypatch.setattr("app.workflows.reading.packages.packages_distributions", dict)
    findings = found(report_of(tmp_path, text), rule)
    assert [finding.line for finding in findings[:1]] == [line_of(text, part) if part else None]


@pytest.mark.proves("AB-75")
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (FILE_SEARCH_NODE.replace("AsyncOpenAI", "OpenAI"), "file-search-node"),
        (FILE_SEARCH_NODE.replace("for result in client", "async for result in client"), "file-search-node"),
        (FILE_SEARCH_NODE.replace("AsyncOpenAI()", "AsyncOpenAI(api_key=load())"), "key-at-import"),
        (SECOND_GUARDRAILS, "guardrail-fails-open"),
        (SECOND_GUARDRAILS, "guardrail-crash"),
        (SECOND_GUARDRAILS.replace('"block": False', '"block": True'), "masking-fails-open"),
        (
            THIRD_GUARDRAILS.replace("return result.info", "return result.info if result else None"),
            "guardrail-crash",
        ),
        (LIBRARY_DESK.replace("    return True", "    return ask(message)"), "approval-always-yes"),
        (LIBRARY_DESK.replace("    pass\n", "    return desk.renew(card)\n"), "stub-tool"),
        (LIBRARY_DESK + "            return clerk_result\n", "no-answer"),
        (LIBRARY_DESK.replace('"a-token-in-clear-text"', 'os.environ["T"]'), "secret-in-file"),
        (LIBRARY_DESK.replace('"a-token-in-clear-text"', '"<your token>"'), "secret-in-file"),
        (PLAIN.replace("import Agent, Runner", "import Agent, Runner as Runner"), "unknown-import"),
        (PLAIN + "\ndef f(x):\n    return [y for y in x if (z := y)] and z and __name__\n", "unknown-name"),
        ("from pydantic import *\n" + PLAIN + "\nx = Field()\n", "unknown-name"),
    ],
)
def test_what_was_mended_by_hand_is_not_found(tmp_path: Path, text: str, rule: str) -> None:
    assert found(report_of(tmp_path, text), rule) == []


@pytest.mark.proves("AB-75")
def test_a_loop_is_named_with_its_condition(tmp_path: Path) -> None:
    text = PLAIN.replace("    return clerk", '    while state["open"]:\n        pass\n    return clerk')
    (finding,) = found(report_of(tmp_path, text), "loop-without-limit")
    assert finding.message == "`while state['open']` has no limit"


@pytest.mark.proves("AB-75")
@pytest.mark.parametrize(
    ("text", "generation"),
    [(FIRST_GUARDRAILS, "first"), (SECOND_GUARDRAILS, "second"), (THIRD_GUARDRAILS, "third"), (PLAIN, None)],
)
def test_the_generation_of_guardrails_is_told_by_their_functions(
    tmp_path: Path, text: str, generation: str | None
) -> None:
    guardrails = report_of(tmp_path, text).as_json()["workflow"]["guardrails"]
    assert guardrails["generation"] == generation


@pytest.mark.proves("AB-75")
def test_literal_braces_in_instructions_are_found_as_what_they_are(tmp_path: Path) -> None:
    text = LIBRARY_DESK.replace('return f"Stay', 'return f"Answer as {title}. Stay')
    report = report_of(tmp_path, text)
    (finding,) = found(report, "braces-in-instructions")
    assert finding.message == "`title` in the text of `buyer_instructions` is run as Python"
    assert found(report, "unknown-name") == []


@pytest.mark.proves("AB-76")
def test_every_model_has_its_end_and_what_we_would_use(tmp_path: Path) -> None:
    report = report_of(
        tmp_path, LIBRARY_DESK + "\nnumber = 4\n" + PLAIN.replace("gpt-6-luna", "gpt-4o-2024-08-06")
    )
    models = {
        model["name"]: (model["shutdown"], model["replacement"]) for model in report.as_json()["models"]
    }
    assert models == {
        "gpt-4.1": ("2027-01-14", "gpt-6-luna"),
        "gpt-5": ("2026-12-11", "gpt-6.1-sol"),
        "o4-mini": ("2026-10-23", "gpt-5.6-terra"),
        "gpt-4o-2024-08-06": ("2027-01-14", "gpt-6-luna"),
    }
    assert [finding.rule for finding in report.findings if finding.rule.startswith("model")] == [
        "model-retires",
        "model-retires",
        "model-gone",
        "model-retires",
    ]


@pytest.mark.proves("AB-76")
def test_models_of_guardrails_and_constants_count_too(tmp_path: Path) -> None:
    text = 'MODEL = "gpt-5-nano"\n' + PLAIN.replace('model="gpt-6-luna"', "model=MODEL") + THIRD_GUARDRAILS
    names = {model["name"] for model in report_of(tmp_path, text).as_json()["models"]}
    assert names == {"gpt-5-nano", "gpt-5-mini"}


@pytest.mark.proves("AB-76")
def test_no_model_is_replaced_by_one_that_ends_too() -> None:
    assert [name for name, end in RETIREMENTS.items() if retirement(end.replacement)] == []


@pytest.mark.proves("AB-24")
def test_a_property_that_is_no_name_is_reported_with_its_repair_and_the_rest_is_checked(
    tmp_path: Path,
) -> None:
    fields = "    loan-date: str\n    class: str\n    2nd copy: float | None\n"
    text = LIBRARY_DESK.replace("    isbn: str\n", fields + "    isbn: str\n")
    report = report_of(tmp_path, text)
    assert [(finding.line, finding.advice) for finding in found(report, "field-name")] == [
        (line_of(text, "loan-date"), ADVICE.format("loan_date", "loan-date")),
        (line_of(text, "class: str"), ADVICE.format("class_", "class")),
        (line_of(text, "2nd copy"), ADVICE.format("field_2nd_copy", "2nd copy")),
    ]
    assert [finding.line for finding in found(report, "stub-tool")] == [line_of(text, "def renew_loan")]


ADVICE = 'Write {}: ... = Field(alias="{}"), and add `from pydantic import Field`.'


@pytest.mark.proves("AB-24")
@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        (PLAIN.replace("return clerk_result", "return (clerk_result"), "syntax", 12),
        (PLAIN + "\n  x = 1\n y = 2\n", "syntax", 14),
        ("\x00", "syntax", 1),
        ("(" * 1000, "syntax", 1),
        ("x = " + "-" * 100_000 + "1", "syntax", 1),
        (b"\xff\xfe\x00", "encoding", 1),
        (b"# coding: no-such-codec\n", "encoding", 1),
        (PLAIN.encode() + b"\n# caf\xe9\n", "encoding", 14),
    ],
)
def test_a_file_that_does_not_parse_says_where(
    tmp_path: Path, text: str | bytes, rule: str, line: int
) -> None:
    report = report_of(tmp_path, text)
    assert [(finding.rule, finding.line) for finding in report.findings] == [(rule, line)]


@pytest.mark.proves("AB-75")
@pytest.mark.parametrize("text", ["", "# nothing", "x: int", "class A: ...", PLAIN * 40])
def test_any_file_can_be_checked(tmp_path: Path, text: str) -> None:
    assert isinstance(report_of(tmp_path, text).as_json(), dict)


@pytest.mark.proves("AB-75")
@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_byte_order_marks_and_line_ends_of_other_systems_change_nothing(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    plain, changed = report_of(tmp_path, LIBRARY_DESK), report_of(tmp_path, change(LIBRARY_DESK))
    assert changed.findings == plain.findings


EDITED_BY_HAND = """
import agents as sdk
from agents import Agent as Helper

MODEL = "gpt-4o"

def approve(question):
    print(question)
    return True

class Desk:
    def clerk(self):
        return sdk.Agent(name="Clerk", instructions="Help.", model=MODEL, tools=[self.renew])

    @sdk.function_tool(name_override="renew")
    def renew(self, card):
        \"\"\"Renew a loan.\"\"\"
        raise NotImplementedError

helpers = {name: Helper(name=name, model="o1") for name in ("a", "b")}

async def run_workflow(workflow_input):
    state = dict(asked=False)
    result = await sdk.Runner.run(Desk().clerk(), workflow_input.input_as_text)
    if approve("Renew?"):
        return result.final_output
    elif state["asked"]:
        return {"output_text": ""}
    raise RuntimeError("no")
"""


@pytest.mark.proves("AB-75")
def test_a_file_that_was_edited_by_hand_is_recognised(tmp_path: Path) -> None:
    report = report_of(tmp_path, EDITED_BY_HAND)
    workflow = report.as_json()["workflow"]
    assert [(agent["name"], agent["model"]) for agent in workflow["agents"]] == [
        ("Clerk", "gpt-4o"),
        ("(unnamed)", "o1"),
    ]
    assert [(tool["name"], tool["stub"]) for tool in workflow["tools"]] == [("renew", True)]
    assert list(workflow["nodes"]) == ["User approval"]
    assert {finding.rule for finding in report.findings} == {
        "approval-always-yes",
        "stub-tool",
        "model-gone",
        "model-retires",
        "no-workflow-id",
    }
