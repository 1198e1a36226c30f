"""A server that is started beside what its process does meanwhile."""

from concurrent.futures import Future, ThreadPoolExecutor, wait

from typing_extensions import override

from app.db.embedded.postgres import ConnectionUrls, EmbeddedPostgres


class BegunPostgres(EmbeddedPostgres):
    """An `EmbeddedPostgres` whose start is begun, on a thread of its own, before it is asked for."""

    _begun: "Future[ConnectionUrls]"

    def begin(self) -> None:
        """Begin to start; how that goes, `start` will tell."""
        executor = ThreadPoolExecutor(1, "begun-postgres")
        self._begun = executor.submit(super().start)
        executor.shutdown(wait=False)

    @override
    def start(self) -> ConnectionUrls:
        return self._begun.result()

    def give_up(self) -> None:
        """Stop what runs or is being started, and return when nothing of it is under way."""
        self.stop()
        wait((self._begun,))
