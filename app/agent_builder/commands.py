"""`chatkit-server agent-builder …`: commands for people who leave Agent Builder. Thin; see each package."""

import argparse
from typing import Any

from app.agent_builder.export import command as export


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add `agent-builder` and what is below it; every command returns its exit code."""
    ours = commands.add_parser("agent-builder", help="save, check and move in what Agent Builder held")
    below = ours.add_subparsers(required=True, metavar="COMMAND")

    exporting = below.add_parser("export", help="save the hosted threads", description=export.PURPOSE)
    export.add_arguments(exporting)
    exporting.set_defaults(run=export.run)
