"""A server that takes long to be ready."""

import logging
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.db.embedded import EmbeddedPostgres, running_urls
from app.errors import ConfigurationError
from tests.db.processes import PATIENCE, postmaster, server_processes


class Heard(logging.Handler):
    """Notes that a message was logged."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message
        self.event = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == self.message:
            self.event.set()


@pytest.fixture
def progress() -> Iterator[Heard]:
    heard = Heard("waiting for PostgreSQL")
    logger = logging.getLogger("app.db.embedded.server")
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(heard)
    yield heard
    logger.removeHandler(heard)
    logger.setLevel(before)


@pytest.fixture
def recovering(data_dir: Path) -> Path:
    """Data whose recovery lasts until it is promoted: those of a standby that accepts no connections."""
    (data,) = data_dir.glob("postgres-*/data")
    (data / "standby.signal").touch()
    with (data / "postgresql.auto.conf").open("a") as configuration:
        configuration.write("hot_standby = off\n")
    return data


@pytest.mark.proves("DB-07")
def test_a_recovery_is_waited_for_and_its_progress_is_logged(
    data_dir: Path, recovering: Path, progress: Heard
) -> None:
    postgres = EmbeddedPostgres(data_dir, durable=False)
    with ThreadPoolExecutor(1) as threads:
        starting = threads.submit(postgres.start)
        try:
            assert progress.event.wait(PATIENCE)
            assert not starting.done()
            (recovering / "promote").touch()
            os.kill(postmaster(data_dir), signal.SIGUSR1)
            assert starting.result(PATIENCE) == running_urls(data_dir)
        finally:
            postgres.stop()


def test_a_recovery_can_be_given_up(data_dir: Path, recovering: Path, progress: Heard) -> None:
    postgres = EmbeddedPostgres(data_dir, durable=False)
    with ThreadPoolExecutor(1) as threads:
        starting = threads.submit(postgres.start)
        assert progress.event.wait(PATIENCE)
        postgres.stop()
        with pytest.raises(ConfigurationError):
            starting.result(PATIENCE)
    assert server_processes(data_dir) == set()
