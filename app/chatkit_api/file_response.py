"""A file as a response that no browser runs, guesses about, or lets act in our name."""

from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from app.attachments import OpenedFile
from app.attachments.recognition import IMAGES, UNKNOWN

HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "Accept-Ranges": "none",
    # For pages that look into a preview. The address is the only credential, so any of them may.
    "Access-Control-Allow-Origin": "*",
}


def file_response(file: OpenedFile, *, with_body: bool = True) -> Response:
    """Return a file: an image to be shown where it is asked for, anything else to be saved."""
    is_shown = file.mime_type in IMAGES
    headers = {
        **HARMLESS,
        "Content-Disposition": disposition("inline" if is_shown else "attachment", file.name),
        "Content-Length": str(file.size),
        "Cache-Control": f"private, max-age={file.good_for}",
    }
    media_type = file.mime_type if is_shown else UNKNOWN
    if not with_body:
        return Response(headers=headers, media_type=media_type)
    return StreamingResponse(file.pieces, headers=headers, media_type=media_type)


def disposition(kind: str, name: str) -> str:
    """Return a `Content-Disposition` after RFC 6266: the name for old readers, and the whole of it."""
    plain = "".join(
        character if " " <= character <= "~" and character not in '"\\%' else "_" for character in name
    )
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
