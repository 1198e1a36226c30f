"""A PostgreSQL of the test's own, and what can happen to it."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from app.db.embedded import ConnectionUrls, EmbeddedPostgres
from app.db.embedded.cluster import APP
from tests.db.processes import postmaster, server_processes
from tests.faults.proxy import FaultProxy


class Cluster:
    """A migrated cluster that runs until it is told otherwise. `proxy` stands before its socket."""

    def __init__(self, data_dir: Path, proxy: FaultProxy) -> None:
        self.data_dir = data_dir
        self.proxy = proxy
        self._server = EmbeddedPostgres(data_dir, durable=False)
        self.urls: ConnectionUrls

    async def start(self) -> None:
        """Start it, recovering what was killed."""
        self._server = EmbeddedPostgres(self.data_dir, durable=False)
        self.urls = await asyncio.to_thread(self._server.start)
        self.proxy.target = f"{self.data_dir}/postgres-{self._server.version.split('.')[0]}/run/.s.PGSQL.5432"

    async def stop(self) -> None:
        """Stop it in order."""
        await asyncio.to_thread(self._server.stop)

    async def kill(self, how: signal.Signals) -> None:
        """End it by a signal to its first process, and see to it that it is not started again."""
        os.kill(postmaster(self.data_dir), how)
        await self.stop()

    def signal_all(self, how: signal.Signals) -> None:
        """Send a signal to every process of it."""
        for process in server_processes(self.data_dir):
            with suppress(ProcessLookupError):
                os.kill(process, how)

    def sessions(self) -> int:
        """How many sessions of the application it has; asks the system, as it may be frozen itself."""
        return len(self.session_processes())

    def session_processes(self) -> set[int]:
        """The processes that serve them."""
        return {process for process in server_processes(self.data_dir) if f" {APP} " in _title(process)}


def _title(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


class Outage:
    """A way in which a database goes away, and comes back."""

    name = ""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    async def begin(self) -> None:
        """Make it happen."""
        raise NotImplementedError

    async def end(self) -> None:
        """Return once the database takes connections again."""
        raise NotImplementedError


class Killed(Outage):
    """As by the kernel, out of memory."""

    name = "killed"

    async def begin(self) -> None:
        await self.cluster.kill(signal.SIGKILL)

    async def end(self) -> None:
        await self.cluster.start()


class StoppedAtOnce(Killed):
    """An immediate shutdown."""

    name = "stopped at once"

    async def begin(self) -> None:
        await self.cluster.kill(signal.SIGQUIT)


class Frozen(Outage):
    """It holds its connections and takes new ones, and says nothing."""

    name = "frozen"

    async def begin(self) -> None:
        self.cluster.signal_all(signal.SIGSTOP)

    async def end(self) -> None:
        self.cluster.signal_all(signal.SIGCONT)


class Silent(Outage):
    """The network to it loses everything."""

    name = "behind a silent network"

    async def begin(self) -> None:
        self.cluster.proxy.silence()

    async def end(self) -> None:
        self.cluster.proxy.restore()


class Cut(Outage):
    """The network to it breaks every connection off."""

    name = "behind a cut network"

    async def begin(self) -> None:
        self.cluster.proxy.refusing = True
        self.cluster.proxy.reset()

    async def end(self) -> None:
        self.cluster.proxy.restore()
