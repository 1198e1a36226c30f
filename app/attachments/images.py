"""Smaller forms of an image, made anew from its pixels, so that nothing else of it is left in them.

Runs in a thread; needs as much memory as the image has pixels, hence the limits. Pillow is imported when the
first image comes.
"""

from io import BytesIO
from typing import BinaryIO, Literal

from app.errors import BadRequest

MAX_PIXELS = 40_000_000
"""Larger images are refused from what their header says; one of this size takes 160 MB for a moment."""

PREVIEW_SIDE = 512
MODEL_SIDE = 2048
"""Pixels of the longer side. Models scale larger images down themselves."""

Rendition = Literal["preview", "model"]


def renditions(file: BinaryIO) -> dict[Rendition, bytes] | None:
    """Return the forms of an image by name; None if it cannot be read as one.

    Raise `BadRequest` for an image with too many pixels, before any of them is decoded.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(file, formats=("PNG", "JPEG", "GIF", "WEBP")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise _too_large()
            # A JPEG can be decoded at a fraction of its size.
            opened.draft("RGB", (MODEL_SIDE, MODEL_SIDE))
            upright = ImageOps.exif_transpose(opened)
            model = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            model.thumbnail((MODEL_SIDE, MODEL_SIDE), reducing_gap=2.0)
            preview = model.copy()
            preview.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), reducing_gap=2.0)
            return {
                "preview": _encoded(preview, "WEBP", quality=80),
                "model": _encoded(model, "PNG")
                if model.mode == "RGBA"
                else _encoded(model, "JPEG", quality=85),
            }
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except BadRequest:
        raise
    # Pillow raises whatever comes to it on damaged files.
    except Exception:
        return None


def media_type(rendition: bytes) -> str:
    """Return the type of one of these forms."""
    if rendition.startswith(b"\x89PNG"):
        return "image/png"
    return "image/webp" if rendition.startswith(b"RIFF") else "image/jpeg"


def _encoded(image: object, form: str, **options: int) -> bytes:
    target = BytesIO()
    # What Pillow remembers of the file (EXIF, comments, profiles) is written only where it is asked for.
    image.info = {}  # type: ignore[attr-defined]
    image.save(target, form, **options)  # type: ignore[attr-defined]
    return target.getvalue()


def _too_large() -> BadRequest:
    return BadRequest("The image is too large: at most {limit} megapixels.", limit=MAX_PIXELS // 1_000_000)
