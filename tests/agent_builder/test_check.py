"""What a check finds in exports, construct by construct."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.agent_builder.check.findings import Finding
from app.agent_builder.check.report import Report, check
from app.agent_builder.check.source import read_source
from app.agent_builder.check.workflow_object import WorkflowObject
from app.agent_builder.models import RETIREMENTS, retirement
from tests.agent_builder.constructs import (
    FILE_SEARCH_NODE,
    FIRST_GUARDRAILS,
    LIBRARY_DESK,
    PLAIN,
    SECOND_GUARDRAILS,
    THIRD_GUARDRAILS,
)

TODAY = date(2026, 11, 22)


def report_of(
    tmp_path: Path, text: str | bytes, name: str = "workflow.py", known: WorkflowObject | None = None
) -> Report:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return check(read_source(path), TODAY, {}, known or WorkflowObject())


def found(report: Report, rule: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule == rule]


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
def test_each_fault_is_found_in_its_line(tmp_path: Path, text: str, rule: str, part: str) -> None:
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


@pytest.mark.proves("AB-75", "AB-32")
@pytest.mark.parametrize(
    ("code", "variable"),
    [
        ('client = AsyncOpenAI(api_key="sk-proj-abcdefghijklmnop1234")', "OPENAI_API_KEY"),
        ('HEADERS = {"X-Api-Key": "abcdefghijklmnop1234"}', "X_API_KEY"),
        ('password = "abcdefghijklmnop1234"', "PASSWORD"),
        ('x = "ghp_abcdefghijklmnopqrstuvwxyz1234"', "TOKEN"),
        (
            'm = {"server_label": "desk", "headers": {"Authorization": "Bearer abcdefghijklmnop1234"}}',
            "MCP_DESK_AUTHORIZATION",
        ),
        (
            'm = {"server_label": "my desk", "server_url": "https://m.example.org/s/Abcd1234Abcd1234Abcd1234/mcp"}',
            "MCP_MY_DESK_URL",
        ),
        ('url = "https://user:abcdefghijklmnop1234@db.example.org/"', "EXAMPLE_URL"),
        ('url = "https://mcp.example.org/?token=abcdefghijklmnop1234"', "EXAMPLE_URL"),
    ],
)
def test_a_secret_is_shown_by_its_last_four_and_has_a_variable(
    tmp_path: Path, code: str, variable: str
) -> None:
    report = report_of(tmp_path, code + "\n" + PLAIN)
    (finding,) = found(report, "secret-in-file")
    assert finding.line == 1
    assert finding.message.endswith("1234)")
    assert f'os.environ["{variable}"]' in str(finding.advice)
    assert "abcdefghijklmnop" not in str(finding)
    assert "Abcd1234Abcd" not in str(finding)


@pytest.mark.proves("AB-75")
@pytest.mark.parametrize(
    "code",
    [
        'url = "https://api.example.org/v1/customers/annual-report-of-the-library"',
        'max_tokens = "2048 of them"',
        'authorization = ""',
        'api_key = "YOUR_API_KEY"',
        'token = "..."',
        'conversation = "Please send me the password of your card, she said."',
    ],
)
def test_what_is_no_secret_is_left_alone(tmp_path: Path, code: str) -> None:
    assert found(report_of(tmp_path, code + "\n" + PLAIN), "secret-in-file") == []


@pytest.mark.proves("AB-77")
def test_each_agent_is_shown_or_hidden_for_a_reason(tmp_path: Path) -> None:
    agents = report_of(tmp_path, LIBRARY_DESK).as_json()["workflow"]["agents"]
    assert {agent["name"]: (agent["shown"], agent["why"]) for agent in agents} == {
        "Clerk": (True, "plain text"),
        "Buyer": (False, "structured output is hidden by default"),
        "Sorter": (False, "only decides which branch is taken"),
    }


@pytest.mark.proves("AB-77")
def test_a_result_whose_fields_are_used_later_is_internal(tmp_path: Path) -> None:
    text = LIBRARY_DESK.replace(
        'state["asked"] = True', 'state["asked"] = buyer_result["output_parsed"]["note"]'
    ).replace("return buyer_result", "return workflow")
    report = report_of(tmp_path, text)
    agents = {agent["name"]: agent["why"] for agent in report.as_json()["workflow"]["agents"]}
    assert agents["Buyer"] == "internal JSON: later nodes use its fields"
    assert found(report, "hidden-answer") == []


@pytest.mark.proves("AB-77")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("OrderSchema", "OrderCardSchema"),
        ('name="Buyer"', 'name="Order widget"'),
        ("    note: str | None", "    imageUrl: str\n    badge: str"),
    ],
)
def test_output_that_looks_like_a_widget_is_said_to_be_one(tmp_path: Path, old: str, new: str) -> None:
    report = report_of(tmp_path, LIBRARY_DESK.replace(old, new))
    (finding,) = found(report, "widget-lost")
    assert "looks like the data of a widget" in finding.message


@pytest.mark.proves("AB-77")
def test_the_workflow_object_decides_what_the_code_cannot_tell(tmp_path: Path) -> None:
    known = WorkflowObject(visible={"Clerk": False, "Buyer": True}, widgets={"Sorter"})
    report = report_of(tmp_path, LIBRARY_DESK, known=known)
    shown = {answer.agent.name: answer.shown for answer in report.answers}
    assert shown == {"Clerk": False, "Buyer": True, "Sorter": False}
    assert [finding.message for finding in found(report, "widget-lost")] == [
        "`Sorter` had a widget in the workflow object"
    ]


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
