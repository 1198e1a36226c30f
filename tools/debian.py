"""Get a package of the distribution for tests that run its files, without installing it.

Unpacked into a folder of ours: installing might start a service, and would change the machine.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def unpack(package: str, folder: Path) -> bool:
    """Unpack `package` into `folder`; False where there is none, or no means to get it."""
    apt, extract = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if apt is None or extract is None:
        return False
    sys.stderr.write(f"==> no {package} here: fetching the distribution's package\n")
    sys.stderr.flush()
    with tempfile.TemporaryDirectory() as downloads:
        download = [apt, "download", package]
        if not _succeeds(download, downloads) and not (_updated(apt) and _succeeds(download, downloads)):
            return False
        archive = next(Path(downloads).glob(f"{package}_*.deb"), None)
        return archive is not None and _succeeds([extract, "--extract", str(archive), str(folder)], downloads)


def _updated(apt: str) -> bool:
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    return not (sudo and shutil.which("sudo") is None) and _succeeds([*sudo, apt, "update"], "/")


def _succeeds(command: list[str], folder: str) -> bool:
    # Standard output is the caller's answer; what a package tool says goes where people read progress.
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    return done.returncode == 0
