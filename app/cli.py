"""The commands, thin: each imports what it needs when it runs, so that `--help` answers at once."""

import argparse
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from app.admin.commands import add_commands as add_admin_commands
from app.agent_builder.commands import add_address
from app.agent_builder.commands import add_commands as add_agent_builder_commands
from app.agent_builder.frontend.arguments import Seen
from app.errors import ConfigurationError
from app.ops.doctor.command import PURPOSE
from app.ops.doctor.command import add_arguments as add_doctor_arguments
from app.ops.shadowing import import_shadowed

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from app.composition.parts import Parts
    from app.ops.early_signals import EarlySignals
    from app.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code: 0 fine, 1 findings or failure, 2 wrong usage or setting."""
    options = _parser().parse_args(arguments)
    import_shadowed()
    try:
        return int(options.run(options) or 0)
    except ConfigurationError as error:
        print(f"chatkit-server: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, BrokenPipeError):
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chatkit-server", description="The self-hosted server for OpenAI's ChatKit widget."
    )
    parser.add_argument("--version", action="version", version=f"chatkit-server {version('chatkit-server')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve the chat, the page and the element")
    add_address(serve)
    serve.set_defaults(run=_serve)

    database = commands.add_parser("db", help="the database").add_subparsers(required=True, metavar="COMMAND")
    url = database.add_parser("url", help='print its connection string, for psql "$(chatkit-server db url)"')
    url.set_defaults(run=_db_url)
    migrate = database.add_parser("migrate", help="bring its schema up to date")
    migrate.set_defaults(run=_db_migrate)

    doctor = commands.add_parser(
        "doctor", help="say what is wrong with a deployment, and what to type", description=PURPOSE
    )
    add_doctor_arguments(doctor)
    doctor.set_defaults(run=_doctor)

    add_admin_commands(commands)
    add_agent_builder_commands(commands, serve=_serve, looks_at=_looks_at, in_process=_in_process)
    return parser


def _serve(options: argparse.Namespace, **settings_of_command: object) -> int:
    from app.ops.early_signals import BrokenOff, EarlySignals

    with EarlySignals() as signals:
        from app.settings import load_settings

        settings = load_settings(host=options.host, port=options.port, **settings_of_command)
        print("chatkit-server is starting …", file=sys.stderr, flush=True)
        try:
            return _serve_with(settings, signals)
        except BrokenOff:
            return 0


def _serve_with(settings: "Settings", signals: "EarlySignals") -> int:
    from app.db.early import begun_postgres
    from app.logs import configure_logging
    from app.ops.garbage import made_for_good
    from app.ops.listening import listening_socket

    secrets = (secret for _, secret in settings.secrets())
    configure_logging(settings.log_level, settings.log_format, secrets)
    with listening_socket(settings.host, settings.port) as bound, begun_postgres(settings) as postgres:
        with signals.breaking_off(), made_for_good():
            from app.main import create_app
            from app.ops.http_server import HttpServer
        server = HttpServer(create_app(settings, postgres), settings, _announce, signals.came)
        server.run([bound])
    return 0 if server.started or server.was_told_to_stop else 1


def _in_process(settings: "Settings") -> "AbstractAsyncContextManager[Parts]":
    from app.composition.parts import running_parts

    return running_parts(settings)


def _announce(url: str, summary: str) -> None:
    print(f"chatkit-server {version('chatkit-server')} on {url} · {summary}", flush=True)


def _doctor(options: argparse.Namespace) -> int:
    from app.ops.doctor import command

    return command.run(options)


def _looks_at(url: str, page: str) -> Seen:
    """Look at a page and the server it uses as `doctor URL --origin PAGE --outside` does."""
    import asyncio

    from app.ops.doctor.examination import examined
    from app.ops.doctor.words import words

    report = asyncio.run(examined(url, page, None))
    return Seen(words(report), report.as_json(), report.is_fine)


def _db_url(_: argparse.Namespace) -> int:
    from app.db.opening import psql_url
    from app.settings import load_settings

    print(psql_url(load_settings()))
    return 0


def _db_migrate(_: argparse.Namespace) -> int:
    import asyncio

    from app.db.opening import open_database
    from app.settings import load_settings

    async def migrate() -> None:
        async with open_database(load_settings()) as opened:
            print(f"The schema is up to date: {opened.description}")

    asyncio.run(migrate())
    return 0


if __name__ == "__main__":
    sys.exit(main())
