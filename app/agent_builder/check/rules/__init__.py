"""The rules, one concept a module: each takes a `Workflow` and yields `Finding`s."""
