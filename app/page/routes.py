"""The addresses of the page, the element and the fetch helper, and the policy a browser applies to them."""

from pathlib import Path
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.assistant import Assistant
from app.attachments import Limits
from app.auth.authenticator import Authenticator
from app.errors import NotFound, Unauthorized
from app.page.composer import composer_option
from app.page.files import BuiltFiles
from app.page.signed_out import signed_out
from app.settings import ANY_DOMAIN, Settings

STATIC = Path(__file__).parent.parent / "static"
NOT_BUILT = "The page has not been built. Run `make serve`, or `npm ci && npm run build` in web/."

# Pages of other origins load a script as a module, which asks for both permissions.
PUBLIC_SCRIPT = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-cache",
}


def page_router(
    settings: Settings, authenticator: Authenticator, assistant: Assistant, files: Limits | None
) -> APIRouter:
    """Build `/`, `/config.json`, `/chatkit.js`, `/chatkit-fetch.js` with its types, and `/assets/…`."""
    router = APIRouter()
    built, assets = BuiltFiles(STATIC), BuiltFiles(STATIC / "assets")
    headers = {
        "Content-Security-Policy": content_security_policy(settings),
        "X-Content-Type-Options": "nosniff",
        # It names its assets by their content; an old copy would name some that are gone.
        "Cache-Control": "no-cache",
    }

    @router.api_route("/", methods=["GET", "HEAD"])
    async def page(request: Request) -> Response:
        try:
            identity = await authenticator.identify(request)
        except Unauthorized as refusal:
            return signed_out(refusal, request)
        response = await _built(built, "index.html", request, headers)
        # The guest's cookie comes with the page, so that its first requests all carry the same one.
        if identity.new_cookie:
            identity.new_cookie.set_on(response)
        return response

    @router.get("/config.json")
    async def config(request: Request) -> JSONResponse:
        identity = await authenticator.identify(request)
        response = JSONResponse(
            {
                "chatkitScriptUrl": settings.chatkit_script_url,
                "domainKey": settings.domain_key,
                "agent": assistant.name,
                "model": assistant.model_name,
                "composer": composer_option(assistant, files),
            },
            headers={"Cache-Control": "no-store"},
        )
        if identity.new_cookie:
            identity.new_cookie.set_on(response)
        return response

    @router.api_route("/chatkit.js", methods=["GET", "HEAD"])
    async def element(request: Request) -> Response:
        return await _built(built, "chatkit.js", request, PUBLIC_SCRIPT)

    @router.api_route("/chatkit-fetch.js", methods=["GET", "HEAD"])
    async def fetch_helper(request: Request) -> Response:
        return await _built(built, "chatkit-fetch.js", request, PUBLIC_SCRIPT)

    @router.api_route("/chatkit-fetch.d.ts", methods=["GET", "HEAD"])
    async def fetch_helper_types(request: Request) -> Response:
        return await _built(built, "chatkit-fetch.d.ts", request, PUBLIC_SCRIPT)

    @router.api_route("/assets/{name}", methods=["GET", "HEAD"])
    async def asset(name: str, request: Request) -> Response:
        # Named by its content, so what has this name never changes.
        return await assets.response(name, request, {"Cache-Control": "public, max-age=31536000, immutable"})

    return router


async def _built(files: BuiltFiles, name: str, request: Request, headers: dict[str, str]) -> Response:
    try:
        return await files.response(name, request, headers)
    except NotFound:
        raise NotFound(NOT_BUILT) from None


def content_security_policy(settings: Settings) -> str:
    """Return the page's policy: everything from here, and from OpenAI's host only where it is configured."""
    sources = "'self'"
    if settings.chatkit_script_url:
        parts = urlsplit(settings.chatkit_script_url)
        sources = f"'self' {parts.scheme}://{parts.netloc}"
    connect = f"{sources} https://api.openai.com" if settings.chatkit_script_url else sources
    style = f"{sources} 'unsafe-inline'" if settings.chatkit_script_url else sources
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {sources}",
            f"frame-src {sources}",
            f"connect-src {connect}",
            f"style-src {style}",
            f"img-src {_image_sources(settings)}",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'self'",
            "object-src 'none'",
        )
    )


def _image_sources(settings: Settings) -> str:
    """Return where the page may load images from: what threads admit, even where a widget asks for more."""
    # Direct downloads lead on to a host that only the storage knows.
    if ANY_DOMAIN in settings.image_domains or settings.files_direct != "none":
        return "'self' data: blob: https: http:"
    added = [f"{domain} *.{domain}" for domain in settings.image_domains]
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        added.append(f"{parts.scheme}://{parts.netloc}")
    return " ".join(("'self' data: blob:", *added))
