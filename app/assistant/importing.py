"""A name in the user's own code, `module:attr` or `path/file.py:attr`, and the value it stands for.

Says in one sentence what is wrong, and shows the end of the user's own traceback where their code raised.
Does not judge the value.
"""

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType
from typing import Any

from app.errors import ConfigurationError

SHOWN_FRAMES = 4
OURS = str(Path(__file__).resolve().parents[1])


def import_value(name: str) -> Any:
    """Import what `name` names; raise `ConfigurationError` if it cannot be had."""
    source, colon, attribute = name.rpartition(":")
    if not colon:
        source, attribute = name, ""
    if not attribute or not source:
        raise ConfigurationError(_incomplete(source or attribute))
    module = _import_file(Path(source)) if source.endswith(".py") else _import_module(source)
    value: Any = module
    for part in attribute.split("."):
        if not hasattr(value, part):
            raise ConfigurationError(f"There is no {attribute} in {source}. {_suggestion(module)}")
        value = getattr(value, part)
    return value


def _incomplete(source: str) -> str:
    if source.endswith(".py"):
        return (
            f"{source} is a file, but which value in it is the agent? Write it after a colon: {source}:agent"
        )
    return f"{source} must be written as module:attribute or path/to/file.py:attribute"


def _import_module(name: str) -> ModuleType:
    # As for `python -m`: what lies in the working directory can be imported.
    importable(Path.cwd())

    def load() -> ModuleType:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
                raise ConfigurationError(
                    f"There is no module {name}, neither in {Path.cwd()} nor among the installed packages."
                ) from None
            raise

    module = run_users_code(name, load)
    _check_meant(name, module)
    return module


def _check_meant(name: str, module: ModuleType) -> None:
    """Raise `ConfigurationError` where a package has the name of the file that is meant."""
    file = Path.cwd() / f"{name}.py"
    is_another = file.is_file() and Path(module.__file__ or file).resolve() != file.resolve()
    if is_another and name in packages_distributions():
        raise ConfigurationError(
            f"{name} is a package that is installed here, and not the file {name}.py: "
            f"write {name}.py:… for the file"
        )


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise ConfigurationError(f"There is no file {path.resolve()}.")
    # As for `python file.py`: what lies beside the file can be imported.
    importable(path.resolve().parent)
    # A file may well be called agents.py or app.py; the module that has the name keeps it.
    name = path.stem if path.stem not in sys.modules else f"_chatkit_agent_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{path} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    loader = spec.loader

    def load() -> ModuleType:
        sys.modules[name] = module
        try:
            loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module

    return run_users_code(str(path), load)


def importable(folder: Path) -> None:
    """Let what lies in a folder be imported."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def run_users_code(name: str, load: Callable[[], ModuleType]) -> ModuleType:
    """Run what imports the user's code; raise `ConfigurationError` with the end of its own traceback."""
    try:
        return load()
    except ConfigurationError:
        raise
    except (Exception, SystemExit) as error:
        raise ConfigurationError(f"Importing {name} failed:\n{_own_traceback(error)}") from error


def _own_traceback(error: BaseException) -> str:
    """Return the end of a traceback, without the frames of this server and of the import system."""
    report = traceback.TracebackException.from_exception(error)
    frames = [
        frame
        for frame in report.stack
        if not frame.filename.startswith(OURS) and "importlib" not in frame.filename
    ]
    shown = traceback.StackSummary.from_list(frames[-SHOWN_FRAMES:])
    return "".join([*shown.format(), *report.format_exception_only()]).rstrip()


def _suggestion(module: ModuleType) -> str:
    names = [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and _may_be_meant(value, module)
    ]
    return f"It has: {', '.join(names)}." if names else "It defines nothing that could be meant."


def _may_be_meant(value: object, module: ModuleType) -> bool:
    if isinstance(value, ModuleType | type):
        return False
    if callable(value):
        return getattr(value, "__module__", None) == module.__name__
    return type(value).__module__ not in ("builtins", "typing", "__future__")
