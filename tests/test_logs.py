"""What the server writes to its log."""

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import logging
import chatkit.server
from app.logs import configure_logging, log_fields
configure_logging("INFO", "json")
logging.getLogger("chatkit").warning("once")
logging.getLogger("chatkit").info("Received request op: threads.create")
with log_fields(thread="thr_1"):
    logging.getLogger("app.turns").info("turn ended", extra={"status": "done"})
"""


@pytest.mark.proves("SDK-6")
def test_every_line_is_written_once_with_the_ids_it_belongs_to() -> None:
    environ = {**os.environ, "LOG_LEVEL": "DEBUG"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environ, capture_output=True, text=True, check=True
    )

    lines = [json.loads(line) for line in done.stderr.splitlines()]

    assert [line["event"] for line in lines] == ["once", "turn ended"]
    assert (lines[1]["thread"], lines[1]["status"]) == ("thr_1", "done")
    assert done.stdout == ""
