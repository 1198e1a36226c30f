"""Guardrails that cannot be asked stop the turn, as does masking that fails: nothing passes unchecked."""

import ast

from app.workflows.reading.syntax import keyword
from app.workflows.rewriting.tree import Tree

NAME = "guardrail-errors"
SKIPS = "Prompt Injection Detection"
"""A check of what tools were called with and gave back, in a conversation that exports do not hand it."""
OPEN = "errors of this check are ignored, as the settings say: what cannot be checked passes"


def rewrite(tree: Tree) -> None:
    """Have the errors of every check raised, unless the operator wants the old behaviour."""
    for call in list(tree.workflow.module.calls("run_guardrails")):
        raised = keyword(call, "raise_guardrail_errors")
        if isinstance(raised, ast.Constant) and raised.value is True:
            _empty_text(tree, call)
            continue
        if tree.configuration.guardrails.fails_open:
            tree.give_up(NAME, call, OPEN)
            continue
        call.keywords = [found for found in call.keywords if found.arg != "raise_guardrail_errors"]
        call.keywords.append(ast.keyword(arg="raise_guardrail_errors", value=ast.Constant(True)))
        tree.replace(call, call)
        tree.report(NAME, call, "an error of this check stops the answer; before, it counted as passed")
        _empty_text(tree, call)
    _masking(tree)
    for config in tree.workflow.guardrails:
        if SKIPS in config.checks:
            tree.give_up(NAME, config.line, f"{SKIPS} is handed no conversation: it lets everything pass")


def _empty_text(tree: Tree, call: ast.Call) -> None:
    """Hand an empty text over as a blank: Contains PII refuses it, and a message may be a file alone."""
    text = call.args[1] if len(call.args) > 1 else keyword(call, "data")
    if text is not None:
        tree.replace(text, ast.BoolOp(op=ast.Or(), values=[text, ast.Constant(" ")]))
        tree.report(NAME, call, "a message without a text is no error of this check")


def _masking(tree: Tree) -> None:
    for function in tree.workflow.module.functions():
        if not function.name.startswith("scrub_"):
            continue
        for handler in ast.walk(function):
            if not isinstance(handler, ast.ExceptHandler) or not _does_nothing(handler):
                continue
            if tree.configuration.guardrails.fails_open:
                tree.give_up(
                    NAME, handler, "personal data that cannot be masked is passed on, as the settings say"
                )
            else:
                tree.replace(handler.body[0], ast.Raise())
                tree.report(NAME, handler, "personal data that cannot be masked stops the answer")


def _does_nothing(handler: ast.ExceptHandler) -> bool:
    return all(isinstance(statement, ast.Pass | ast.Continue) for statement in handler.body)
