"""Which major version of PostgreSQL wrote the data that are there. No other can read them."""

from pathlib import Path

from app.db.embedded.binaries import major_of
from app.db.embedded.layout import Layout
from app.errors import ConfigurationError


def existing_major(data_dir: Path) -> int | None:
    """Return the newest major version that has complete data under `data_dir`, None where there are none."""
    homes = [folder.parent.name for folder in data_dir.glob("postgres-*/data")]
    return max((major_of(name.removeprefix("postgres-")) for name in homes), default=None)


def refuse_other_major(layout: Layout) -> None:
    """Raise `ConfigurationError`, and touch nothing, where the data are another major version's."""
    if layout.data.exists():
        written_by = (layout.data / "PG_VERSION").read_text().strip()
        if written_by == str(layout.major):
            return
        raise ConfigurationError(
            f"{layout.data} should hold data of PostgreSQL {layout.major}, but they are of {written_by}: put "
            "back what belongs there, or choose another folder with CHATKIT_DATA_DIR."
        )
    existing = existing_major(layout.data_dir)
    if existing is not None:
        raise ConfigurationError(
            f"The data in {layout.data_dir} are PostgreSQL {existing}'s, but the programs found here are "
            f"{layout.major}'s: name version {existing}'s folder with CHATKIT_POSTGRES_BIN_DIR; to change "
            "over, dump with pg_dump and restore into a new CHATKIT_DATA_DIR."
        )
