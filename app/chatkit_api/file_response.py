"""A file as a response that no browser runs, guesses about, or lets act in our name."""

from starlette.responses import RedirectResponse, Response, StreamingResponse

from app.attachments import FileElsewhere, OpenedFile
from app.attachments.serving import served

HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "Accept-Ranges": "none",
    # For pages that look into a preview. The address is the only credential, so any of them may.
    "Access-Control-Allow-Origin": "*",
}


def file_response(file: OpenedFile | FileElsewhere, *, with_body: bool = True) -> Response:
    """Return a file, or where it is: an image to be shown where it is asked for, others to be saved."""
    if isinstance(file, FileElsewhere):
        headers = {**HARMLESS, "Cache-Control": f"private, max-age={file.good_for}"}
        return RedirectResponse(file.url, 307, headers)
    as_served = served(file.mime_type, file.name)
    headers = {
        **HARMLESS,
        "Content-Disposition": as_served.disposition,
        "Content-Length": str(file.size),
        "Cache-Control": f"private, max-age={file.good_for}",
    }
    if not with_body:
        return Response(headers=headers, media_type=as_served.media_type)
    return StreamingResponse(file.pieces, headers=headers, media_type=as_served.media_type)
