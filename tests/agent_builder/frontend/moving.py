"""`agent-builder frontend` as it is called, and its diff applied by the programs that people have for it."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commands import Told, command
from tools.tracked import ROOT

SERVER = "https://chat.shop.example"
KEY = "domain_pk_1"
GIVEN = ("--server-url", SERVER, "--domain-key", KEY)
APPLY = {
    "patch": ("patch", "-p1", "--no-backup-if-mismatch"),
    "git": ("git", "apply", "--verbose", "--whitespace=nowarn"),
}
TAKE_BACK = {"patch": ("-R", "--dry-run"), "git": ("-R", "--check")}
PROGRAMS = [name for name in APPLY if shutil.which(name)]


def laid(folder: Path, files: Mapping[str, str]) -> Path:
    """Lay files into a folder, byte by byte."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


@dataclass(frozen=True)
class Answer:
    """What it answered with `--json`."""

    code: int
    report: dict[str, Any]

    @property
    def diff(self) -> str:
        return str(self.report["diff"])

    def rules(self, *, needs_somebody: bool = True) -> set[str]:
        """Return the rules that are broken, or those that are only told."""
        return {
            found["rule"] for found in self.report["findings"] if found["needs_somebody"] is needs_somebody
        }

    def found(self, rule: str) -> list[tuple[str, int | None]]:
        """Return where a rule is broken."""
        return [(found["file"], found["line"]) for found in self.report["findings"] if found["rule"] == rule]


async def told(*words: str | Path) -> Answer:
    """Call it with `--json`."""
    answer = await frontend(*words, "--json")
    return Answer(answer.code, json.loads(answer.out))


async def frontend(*words: str | Path) -> Told:
    """Call it."""
    return await command("agent-builder", "frontend", *map(str, words))


def apply(diff: str, folder: Path, program: str = "git") -> None:
    """Apply a diff in a folder, and see that it could be taken back: every line is where the diff says."""
    _run(APPLY[program], diff, folder)
    _run((*APPLY[program], *TAKE_BACK[program]), diff, folder)


def _run(words: Sequence[str], diff: str, folder: Path) -> None:
    done = subprocess.run(words, cwd=folder, input=diff.encode(), capture_output=True, check=False)
    said = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, said
    assert not re.search(r"\b(fuzz|offset)\b", said), said


def contents(folder: Path) -> dict[str, str]:
    """Return the text of every file below a folder, by name."""
    return {
        str(path.relative_to(folder)): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.parts and "node_modules" not in path.parts
    }


async def moved_again(folder: Path, program: str, moved: Mapping[str, str]) -> Answer:
    """Move a folder by the diff, see that it is as it was with another program, and ask once more."""
    apply((await told(folder, *GIVEN)).diff, folder, program)
    assert contents(folder) == moved
    return await told(folder, *GIVEN)


TSCONFIG = {
    "compilerOptions": {
        "target": "ES2022",
        "lib": ["ES2023", "DOM", "DOM.Iterable"],
        "module": "ESNext",
        "moduleResolution": "Bundler",
        "jsx": "react-jsx",
        "types": ["node_stand_in"],
        "typeRoots": ["./stand_ins"],
        "strict": True,
        "noUncheckedIndexedAccess": True,
        "skipLibCheck": True,
        "noEmit": True,
        "allowJs": True,
    },
    "include": ["**/*.ts", "**/*.tsx", "**/*.jsx", "**/*.mjs"],
}
STAND_INS = """\
declare const process: { env: Record<string, string | undefined> };
declare module "vue" {
  export function ref<T>(value: T): { value: T };
  export function onMounted(run: () => void): void;
}
declare module "next/script" {
  const Script: (props: import("react").ComponentProps<"script"> & { strategy?: string }) => null;
  export default Script;
}
declare module "openai" {
  interface Options { apiKey?: string; baseURL?: string; maxRetries?: number }
  export default class OpenAI {
    constructor(options?: Options);
    beta: { chatkit: { sessions: { create(asked: object): Promise<{ client_secret: string }> } } };
    embeddings: { create(asked: object): Promise<object> };
  }
}
"""


def type_errors(folder: Path) -> str:
    """Have TypeScript read what is in a folder, with the published types of ChatKit; return what is wrong."""
    laid(
        folder,
        {
            "tsconfig.json": json.dumps(TSCONFIG),
            "stand_ins/node_stand_in/index.d.ts": STAND_INS,
        },
    )
    (folder / "node_modules").symlink_to(ROOT / "web/node_modules")
    command = [sys.executable, str(ROOT / "tools/npm.py"), "exec", "--no", "--", "tsc", "-p", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""
