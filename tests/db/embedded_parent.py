"""A process of its own that runs an embedded PostgreSQL, for tests that end it in one way or another.

Says how to connect, or the sentence with which it refuses, in one line of JSON; runs until its input ends.
Imports nothing but the standard library and what it tests, so that any account's Python can run it.
"""

import argparse
import json
import logging
import resource
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from app.db.embedded import ConnectionUrls, EmbeddedPostgres
from app.errors import ConfigurationError


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--bin-dir", type=Path)
    parser.add_argument("--largest-file", type=int, help="bytes that a file may have, as on a full disk")
    parser.add_argument("--passing-thread", action="store_true", help="start on a thread that ends at once")
    parser.add_argument("--forget", action="store_true", help="exit without stopping it")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    if options.largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (options.largest_file, options.largest_file))
    postgres = EmbeddedPostgres(options.data_dir, bin_dir=options.bin_dir, durable=False)
    try:
        urls = start_on_a_thread(postgres) if options.passing_thread else postgres.start()
    except ConfigurationError as error:
        say({"refused": str(error)})
        return
    say(asdict(urls))
    sys.stdin.read()
    if not options.forget:
        postgres.stop()


def say(answer: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def start_on_a_thread(postgres: EmbeddedPostgres) -> ConnectionUrls:
    urls: list[ConnectionUrls] = []
    thread = threading.Thread(target=lambda: urls.append(postgres.start()))
    thread.start()
    thread.join()
    return urls[0]


if __name__ == "__main__":
    main()
