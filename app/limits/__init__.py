"""How much one caller may ask of the server: requests, answers, tokens, uploads.

    callers.py      all limits, made once
    requests.py     requests per minute, of a user, a session, an address
    answers.py      answers at once, tokens a day
    recordings.py   recordings per minute
    uploads.py      bytes of files a day
    limiter.py      so much in so much time, counted for all processes together
    counters.py     the rows of `limit_counters`: taken from, given back to, swept
    windows.py      the same counts as this process knows them: a flood is refused without the database
    keys.py         whose count is whose
    spending.py     what an answer has cost, written down where it ends
    connections.py  the mark of connections that are too many

What is counted is gone by itself when its time is over. Must not look at requests or responses, and must not
know who establishes a principal.
"""

from app.limits.answers import AnswerLimits
from app.limits.callers import CallerLimits, caller_limits
from app.limits.counters import sweep
from app.limits.keys import network_of
from app.limits.recordings import RecordingLimits
from app.limits.requests import RequestLimits
from app.limits.spending import spending, spending_values

__all__ = [
    "AnswerLimits",
    "CallerLimits",
    "RecordingLimits",
    "RequestLimits",
    "caller_limits",
    "network_of",
    "spending",
    "spending_values",
    "sweep",
]
