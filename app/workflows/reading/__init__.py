"""What an exported file holds, by its syntax tree alone: what both its check and its loading have to know.

    source.py        text, language, tree, and where that fails
    syntax.py        questions to a tree
    workflow.py      agents, tools, guardrails, approvals, the entry point
    nodes.py         the nodes of the graph
    named_models.py  where models are named
    guardrails.py    kinds of checks, generations of guardrail code
    secrets.py       tokens and keys in clear text
    packages.py      what is installed, found without importing it

Runs nothing of the user's, imports no SDK, and must not judge.
"""
