"""All limits of the service, made once."""

from dataclasses import dataclass

from app.db.engine import Database
from app.limits.answers import AnswerLimits, RunsTurns
from app.limits.limiter import Limiter
from app.limits.recordings import RecordingLimits
from app.limits.requests import RequestLimits
from app.limits.uploads import UploadLimits
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class CallerLimits:
    """What callers may ask for, each by themselves."""

    requests: RequestLimits
    answers: AnswerLimits
    recordings: RecordingLimits
    uploads: UploadLimits


def caller_limits(database: Database, runs: RunsTurns, settings: Settings) -> CallerLimits:
    """Return the limits that `settings` ask for, all counted in one place."""
    limiter = Limiter(database)
    return CallerLimits(
        RequestLimits(limiter, settings),
        AnswerLimits(limiter, database, runs, settings),
        RecordingLimits(limiter, settings.recordings_per_minute),
        UploadLimits(limiter, settings.user_upload_bytes_per_day),
    )
