"""Back-ends that ask for sessions at OpenAI's address themselves, without its client, in any language.

Works on the texts that stand in a file. Where anything else of OpenAI's is asked in it too, the key serves
both, and a person has to part them.
"""

import re
from collections.abc import Iterable, Iterator

from app.agent_builder.frontend.edits import Edit
from app.agent_builder.frontend.node import HOSTED_KEY, OUR_KEY
from app.agent_builder.frontend.said import Said

HOST = "https://api.openai.com"
_SESSIONS = re.compile(r"/chatkit/sessions(?![\w-])")
_OTHERS = re.compile(r"/v1/(?!chatkit\b)\w|api\.openai\.com/(?!v1(?:/chatkit\b|/?[\"'`]?$))")


def address_changes(
    literals: Iterable[tuple[int, str]], keys: Iterable[tuple[int, bool]], server: str, *, has_client: bool
) -> Iterator[Edit | Said]:
    """Yield the changes of the addresses in a file's texts, and of the names of its key."""
    texts, named = list(literals), list(keys)
    sessions = [(at, text) for at, text in texts if _SESSIONS.search(text)]
    hosts = [at + text.index(HOST) for at, text in texts if HOST in text]
    if not sessions or not (hosts or any("/v1/chatkit/sessions" in text for _, text in sessions)):
        return
    if any(server in text for _, text in texts):
        # It has been moved already.
        return
    at = sessions[0][0]
    do = f"Ask {server}/v1/chatkit/sessions, with the key in {OUR_KEY}."
    if not hosts:
        what = "Sessions are made here, at an address that comes from elsewhere."
        yield Said("sessions-address", at, what, do)
    elif has_client or any(_OTHERS.search(text) for _, text in texts):
        what = "Sessions are made here, in a file that asks OpenAI for other things too."
        yield Said("sessions-address", at, what, do)
    elif any(not is_of_environment for _, is_of_environment in named):
        yield Said(
            "sessions-address", at, f"Sessions are made here with a {HOSTED_KEY} of the file's own.", do
        )
    else:
        yield from (Edit(start, start + len(HOST), server) for start in hosts)
        in_texts = [
            at + found.start() for at, text in texts for found in re.finditer(rf"\b{HOSTED_KEY}\b", text)
        ]
        for start in {*in_texts, *(start for start, _ in named)}:
            yield Edit(start, start + len(HOSTED_KEY), OUR_KEY)
