"""The ways in which an export can fail for good.

ExportStopped   nothing more can be saved now: the whole export ends, with one sentence and an exit code
DiskFailed      the same, found while a download was being written
Refused         this one thread or attachment cannot be had: it is recorded and the rest goes on
"""

EXIT_COMPLETE = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class ExportStopped(Exception):
    """Ends the export; the message is one sentence for the person who runs it."""

    def __init__(self, sentence: str, exit_code: int = EXIT_FINDINGS) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


class Refused(Exception):
    """A permanent refusal of one request.

    `reason` is recorded, so it holds no secret and is the same on every attempt; `said` is the API's own
    sentence, to be shown but not recorded.
    """

    def __init__(self, reason: str, *, status: int | None = None, said: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.said = said


class DiskFailed(Exception):
    """Writing failed while a download was under way; `cause` tells why."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause
