"""Which configuration each exported file has: one that names it, else the one that lies beside it."""

from collections.abc import Sequence
from pathlib import Path

from app.errors import ConfigurationError
from app.workflows.configuration import Configuration, read_configuration
from app.workflows.rewriting import order


def configurations(files: Sequence[Path], given: Sequence[Path]) -> list[Configuration]:
    """Return the configuration of each file: one that names it, else what lies beside it under its name."""
    read = [read_configuration(path) for path in given]
    found = []
    for file in files:
        named = [one for one in read if _is_for(one, file, is_only=len(files) == len(read) == 1)]
        beside = file.with_suffix(".toml")
        if named:
            found.append(named[0])
        elif not given and beside.is_file():
            found.append(read_configuration(beside))
        else:
            found.append(Configuration())
    for configuration in found:
        _check_names(configuration)
    unused = [one.path for one in read if not any(one is used for used in found)]
    if unused:
        raise ConfigurationError(
            f"{unused[0]} is for no file that is served: name the file under [workflow]."
        )
    return found


def _is_for(configuration: Configuration, file: Path, *, is_only: bool) -> bool:
    name = configuration.workflow.file
    if name is None:
        return is_only
    folder = configuration.path.parent if configuration.path else Path()
    return (folder / name).resolve() == file.resolve() or (is_only and Path(name).name == file.name)


def _check_names(configuration: Configuration) -> None:
    off = configuration.rewrites.off
    if unknown := off - order.names():
        raise ConfigurationError(
            f"{configuration.path}: there is no repair {', '.join(sorted(unknown))}; there are "
            f"{', '.join(sorted(order.names()))}."
        )
    if always := off & order.ALWAYS:
        raise ConfigurationError(
            f"{configuration.path}: {', '.join(sorted(always))} cannot be switched off: every approval "
            "would be granted without anybody being asked."
        )
