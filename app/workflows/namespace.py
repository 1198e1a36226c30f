"""A rewritten file, imported into a namespace of its own under its own file name, so that lines are true."""

import ast
import inspect
import sys
import warnings
from pathlib import Path
from types import CodeType, ModuleType

from openai import AsyncOpenAI, OpenAI

from app.assistant.importing import importable, run_users_code
from app.errors import ConfigurationError
from app.workflows.blanking import Blanking
from app.workflows.rewriting.tree import RUNTIME
from app.workflows.runtime import Runtime


def import_tree(
    tree: ast.Module, path: Path, source_hash: str, runtime: Runtime, blank: Blanking
) -> ModuleType:
    """Run the code of a file; raise `ConfigurationError` with the end of its traceback where it raises.

    What warns in it only warns. What lies beside the file can be imported, as for `python file.py`.
    """
    code: CodeType = compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True)
    importable(path.parent)
    # Classes of the file are looked up by the name of their module; several versions may have one file name.
    name = f"chatkit_workflow_{path.stem}_{source_hash[:12]}"
    module = ModuleType(name)
    module.__file__ = str(path)
    setattr(module, RUNTIME, runtime)

    def load() -> ModuleType:
        sys.modules[name] = module
        try:
            exec(code, module.__dict__)  # noqa: S102 - the operator's own file
        except BaseException:
            del sys.modules[name]
            raise
        return module

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        try:
            return run_users_code(str(path), load)
        except ConfigurationError as error:
            raise ConfigurationError(blank(str(error))) from None


async def forget_module(module: ModuleType) -> None:
    """Close the clients that a file has made, and let go of all that is in it: nothing of it runs any more.

    A client that is still there when the interpreter ends complains, closed or not.
    """
    for value in list(vars(module).values()):
        if isinstance(value, AsyncOpenAI | OpenAI):
            closed = value.close()
            if inspect.isawaitable(closed):
                await closed
    sys.modules.pop(module.__name__, None)
    vars(module).clear()
