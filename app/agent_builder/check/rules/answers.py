"""Whose answers reach the user: what each agent says, and where its result goes.

The export lacks the setting "show response in chat": the code has to tell, unless the workflow object does.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.agent_builder.check.findings import Finding
from app.workflows.reading.workflow import Agent, Workflow, fields_of

_WIDGET_WORDS = re.compile(r"widget|card\b|cards\b|list ?view|carousel", re.IGNORECASE)
_WIDGET_FIELDS = {"children", "widget", "onClickAction", "background", "badge", "imageUrl", "image_url"}


@dataclass(frozen=True)
class Answer:
    """Whether an agent's answer is shown in the chat, and why."""

    agent: Agent
    shown: bool
    reason: str
    looks_like_widget: bool = False
    is_result: bool = False


def answers(workflow: Workflow, visible: Mapping[str, bool]) -> list[Answer]:
    """Decide for every agent; `visible` is what the workflow object says, by name."""
    return [_answer(workflow, agent, visible.get(agent.name)) for agent in workflow.agents]


def hidden_answers(decided: list[Answer], widgets: set[str]) -> Iterator[Finding]:
    """Answers that users saw and will not see unless somebody acts; `widgets` names agents that had one."""
    for answer in decided:
        agent = answer.agent
        if agent.name in widgets:
            advice = "Save its .widget file and name it for this agent in the configuration."
            yield Finding(
                "widget-lost", agent.line, f"`{agent.name}` had a widget in the workflow object", advice
            )
        elif answer.looks_like_widget:
            yield Finding(
                "widget-lost",
                agent.line,
                f"`{agent.name}` answers with {agent.schema}, which looks like the data of a widget",
                "Save its .widget file and name it for this agent in the configuration.",
            )
        elif answer.is_result and not answer.shown and not agent.is_classifier:
            yield Finding(
                "hidden-answer",
                agent.line,
                f"`{agent.name}` gives the answer of the workflow as {agent.schema}, and JSON is not shown",
                "Set `show` for it in the configuration, or give it a widget.",
            )


def _answer(workflow: Workflow, agent: Agent, visible: bool | None) -> Answer:
    used, is_result = _fate(workflow, agent)
    if agent.schema is None:
        reason = (
            "plain text"
            if visible is None
            else f"set to be {'shown' if visible else 'hidden'} in the workflow"
        )
        return Answer(agent, visible is not False, reason, is_result=is_result)
    if agent.is_classifier:
        return Answer(agent, False, "only decides which branch is taken")
    if _looks_like_widget(workflow, agent) and not used:
        return Answer(agent, False, "filled a widget that is not in the export", looks_like_widget=True)
    if visible is not None:
        return Answer(
            agent, visible, f"set to be {'shown' if visible else 'hidden'} in the workflow", False, is_result
        )
    reason = "internal JSON: later nodes use its fields" if used else "structured output is hidden by default"
    return Answer(agent, False, reason, is_result=is_result and not used)


def _looks_like_widget(workflow: Workflow, agent: Agent) -> bool:
    schema = workflow.schemas.get(agent.schema or "")
    names = " ".join((agent.name, agent.schema or "", agent.instructions or ""))
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", names)
    fields = set(fields_of(schema)) if schema else set()
    return bool(_WIDGET_WORDS.search(spaced)) or len(fields & _WIDGET_FIELDS) >= 2


def _fate(workflow: Workflow, agent: Agent) -> tuple[bool, bool]:
    """Whether later nodes use an agent's result, and whether it is what the workflow returns."""
    entry = workflow.entry
    results = set(_results(workflow, agent))
    if entry is None or not results:
        return False, False
    returned = {id(name) for node in ast.walk(entry) for name in _returned_names(node)}
    own = {id(name) for node in ast.walk(entry) if _belongs_to(node, results) for name in ast.walk(node)}
    loads = [
        node
        for node in ast.walk(entry)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in results
    ]
    used = any(id(node) not in returned and id(node) not in own for node in loads)
    return used, any(id(node) in returned for node in loads)


def _results(workflow: Workflow, agent: Agent) -> Iterator[str]:
    """The variables that hold an agent's result: of the run itself, and of the dict made from it."""
    runs: set[str] = set()
    for node in ast.walk(workflow.entry) if workflow.entry else ():
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        run = node.value.value if isinstance(node.value, ast.Await) else node.value
        first = run.args[0] if isinstance(run, ast.Call) and run.args else None
        if (
            isinstance(first, ast.Name)
            and first.id == agent.variable
            and workflow.module.called(run) == "run"
        ):
            runs.add(node.targets[0].id)
    yield from runs
    for node in ast.walk(workflow.entry) if workflow.entry else ():
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            mentioned = {found.id for found in ast.walk(node.value) if isinstance(found, ast.Name)}
            target = node.targets[0]
            yield from {target.id} if isinstance(target, ast.Name) and mentioned & runs else ()


def _returned_names(node: ast.AST) -> Iterator[ast.AST]:
    is_end = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("end_result")
    if is_end or isinstance(node, ast.Return):
        yield from ast.walk(node)


def _belongs_to(node: ast.AST, results: set[str]) -> bool:
    """The two statements every run is followed by: the history is extended, the result dict is made."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id in results
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "extend"
