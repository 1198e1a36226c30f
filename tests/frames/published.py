"""Values against the types that `@openai/chatkit` publishes: a module of constants, checked by `tsc`.

Widgets are written as literals, so that a property which the types do not have is an error too. Of other
values the server sends more than pages may set, and only what they have in common is compared.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.frames.seen import Typed
from tools import npm
from tools.tracked import ROOT

PACKAGES = ROOT / "web" / "node_modules"

_HEAD = """\
import type { Attachment, ChatKitEvents, ChatKitIcon, Entity } from "@openai/chatkit";
import type { ToolChoice, UserMessageContent, Widgets } from "@openai/chatkit";
type Known<T> = T & Record<string, unknown>;
"""

_CONFIGURATION = """\
{
  "compilerOptions": {
    "strict": true, "noEmit": true, "target": "ES2022", "module": "ESNext", "moduleResolution": "Bundler",
    "lib": ["ES2022", "DOM"], "types": [], "skipLibCheck": true,
    "paths": {"@openai/chatkit": ["%s/@openai/chatkit/types/index.d.ts"]}
  },
  "files": ["seen.ts"]
}
"""


def untypable(values: Sequence[Typed]) -> Iterator[tuple[Typed, str]]:
    """Yield each value that does not have its type, with what the compiler says of it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "tsconfig.json").write_text(_CONFIGURATION % PACKAGES)
        (Path(folder) / "seen.ts").write_text(module(values))
        told = subprocess.run(
            [_node(), PACKAGES / "typescript/bin/tsc", "--pretty", "false", "--project", folder],
            capture_output=True,
            text=True,
            check=False,
        )
    head = _HEAD.count("\n")
    for line in told.stdout.splitlines():
        place, _, problem = line.partition(": ")
        number = place.partition("seen.ts(")[2].partition(",")[0]
        if number.isdigit() and int(number) > head:
            yield values[int(number) - head - 1], problem
        elif not line.startswith(" "):
            raise RuntimeError(f"the types could not be checked: {line}")
    if told.returncode and not told.stdout:
        raise RuntimeError(f"the types could not be checked: {told.stderr}")


def module(values: Sequence[Typed]) -> str:
    """Return a TypeScript module with one value a line."""
    lines = [f"export const v{number}: {typed.type} = {typed.json};" for number, typed in enumerate(values)]
    return _HEAD + "".join(f"{line}\n" for line in lines)


def _node() -> str:
    if npm.npm_on_path() is not None:
        return shutil.which("node") or "node"
    return npm.npm_from_wheel()[0]
