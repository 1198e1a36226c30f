"""The one answer to whoever is not let in.

It is the same for every reason, so that nobody learns from it what was wrong with a credential; the reason
goes to the log, without anything of the credential.
"""

import logging

from app.errors import Unauthorized
from app.languages import Sentence

logger = logging.getLogger(__name__)

SIGN_IN: Sentence = "Sign in to use this chat."
ELSEWHERE: Sentence = "Open it from the site or app that it belongs to, where you sign in."
"""What a person is told besides, who has come to this server's own page."""


def not_signed_in(reason: str | None = None) -> Unauthorized:
    """Return the refusal, after a line in the log where a credential was at fault.

    `reason` is in our words or names a class: never anything that a client has sent.
    """
    if reason is not None:
        logger.info("a credential was refused", extra={"reason": reason})
    return Unauthorized(SIGN_IN)
