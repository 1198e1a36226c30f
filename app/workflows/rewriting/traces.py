"""The export's own `trace(…)` gives way to the turn's, which carries the thread and can be switched off."""

from app.workflows.rewriting.tree import Tree, runtime_name

NAME = "traces"


def rewrite(tree: Tree) -> None:
    """Replace the function in each call of the SDK's `trace`."""
    module = tree.workflow.module
    for call in module.calls("trace"):
        if module.resolved(call.func) in ("agents.trace", "agents.tracing.trace"):
            tree.replace(call.func, runtime_name("trace"))
            tree.report(NAME, call, "the trace is the turn's own, with the thread as its group")
