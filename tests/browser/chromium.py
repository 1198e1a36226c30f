"""One Chromium for all tests of a process, which each of them visits with contexts of its own.

It is launched in a thread of its own, because every test has an event loop of its own, and what Playwright
launches lives in the loop it was launched in.
"""

import os
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Event, Thread

from playwright.sync_api import sync_playwright

from tools.chromium import installed

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
"""As root, in a container, without a screen, without traffic of the browser's own, and with a microphone."""

START_SECONDS = 60.0


@contextmanager
def running_chromium() -> Iterator[str]:
    """Run Chromium for as long as the block lasts; gives the address at which it can be driven."""
    address: Future[str] = Future()
    done = Event()

    def run() -> None:
        try:
            with sync_playwright() as playwright:
                port = _free_port()
                executable = os.environ.get("CHROMIUM") or next(installed())
                arguments = [*ARGUMENTS, f"--remote-debugging-port={port}"]
                browser = playwright.chromium.launch(executable_path=executable, args=arguments)
                address.set_result(f"http://127.0.0.1:{port}")
                done.wait()
                browser.close()
        except BaseException as error:
            if not address.done():
                address.set_exception(error)
            raise

    thread = Thread(target=run, name="chromium", daemon=True)
    thread.start()
    try:
        yield address.result(START_SECONDS)
    finally:
        done.set()
        thread.join(START_SECONDS)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port: int = bound.getsockname()[1]
        return port
