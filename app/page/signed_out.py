"""What the page's address shows to whoever is not let in: a sentence, and where to go from here."""

import base64
import hashlib
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.auth.refusals import ELSEWHERE
from app.errors import Unauthorized
from app.languages import language_for, languages_wanted, translated

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1.5rem}"
    "small{opacity:.7}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{_HASH}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)
_FOR_OPERATORS = "If you run this server: CHATKIT_AUTH says how people sign in, see docs/signing-in.md."
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>chatkit-server</title>
<style>{style}</style>
</head>
<body>
<h1>{refusal}</h1>
<p>{elsewhere}</p>
<p lang="en"><small>{for_operators}</small></p>
</body>
</html>
"""


def signed_out(refusal: Unauthorized, request: Request) -> HTMLResponse:
    """Return the page in the language of the request, with the status of the refusal."""
    language = language_for(languages_wanted(request.headers.get("accept-language", "")))
    sentences = (translated(sentence, language) for sentence in (refusal.sentence, ELSEWHERE))
    first, second = map(escape, sentences)
    return HTMLResponse(
        _PAGE.format(
            language=language,
            style=_STYLE,
            refusal=first,
            elsewhere=second,
            for_operators=_FOR_OPERATORS,
        ),
        refusal.status,
        {
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "WWW-Authenticate": "Bearer",
            "Vary": "Accept-Language",
        },
    )
