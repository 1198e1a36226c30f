"""What the server logs of one user's requests names nothing of another's."""

import logging
from collections.abc import Iterator

import pytest

from app.logs.lines import JsonFormatter
from app.logs.redaction import Redaction
from tests.access.asking import requests
from tests.access.conftest import SECRET, Matrix
from tests.access.things import things_of

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.unpublished("the demo's widget has actions that are answered at once"),
]


class Lines(logging.Handler):
    """Every line as it would be written, whatever its level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonFormatter(Redaction(), outspoken=True))
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What is logged by the server's own code meanwhile."""
    handler, logger = Lines(), logging.getLogger("app")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler.written
    logger.setLevel(level)
    logger.removeHandler(handler)


@pytest.mark.proves("SEC-08")
async def test_the_log_of_a_request_names_nothing_of_anothers(matrix: Matrix, lines: list[str]) -> None:
    client = matrix.server.client()
    own = await things_of(client, "dora")
    for request in requests():
        await request.send(client, matrix.things)
        await request.send(client, own)
    assert any(own["thread"] in line for line in lines), "what is one's own is named"
    of_ann = {SECRET, matrix.ann_id, *(name for name in matrix.things.values() if len(name) > 8)}
    assert [line for line in lines for name in of_ann if name in line] == []
