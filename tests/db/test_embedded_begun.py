"""A PostgreSQL whose start was begun ahead of time: waited for, or given up."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.db.early import begun_postgres
from app.db.opening import open_database
from app.errors import ConfigurationError
from app.settings import Settings
from tests.db.processes import PATIENCE, lock_is_free, nobody_runs, server_processes


async def test_it_is_the_one_that_is_opened_and_is_stopped_in_the_end(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir)
    with begun_postgres(settings) as postgres:
        async with open_database(settings, postgres) as opened:
            assert server_processes(data_dir)
            assert "embedded PostgreSQL" in opened.description
    await nobody_runs(data_dir, within=PATIENCE)


async def test_leaving_before_it_is_opened_leaves_nothing_running_and_nothing_in_the_way(
    folder: Path,
) -> None:
    settings = Settings(data_dir=folder)
    with begun_postgres(settings):
        pass
    await lock_is_free(folder, within=PATIENCE)
    assert list(folder.glob("postgres-*/new")) == []
    with begun_postgres(settings) as postgres:
        async with open_database(settings, postgres):
            pass


async def test_a_start_that_fails_says_so_where_it_is_waited_for(folder: Path) -> None:
    (folder / "file").write_text("")
    settings = Settings(data_dir=folder / "file")
    with begun_postgres(settings) as postgres:
        for _ in range(2):
            with pytest.raises(ConfigurationError, match="CHATKIT_DATA_DIR"):
                async with open_database(settings, postgres):
                    pass


def test_none_is_begun_for_a_database_elsewhere(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url=SecretStr("postgresql://u@127.0.0.1:1/x"))
    with begun_postgres(settings) as postgres:
        assert postgres is None
    assert not settings.data_dir.exists()
