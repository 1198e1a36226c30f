"""A picture that the demo draws itself, and how it looks while it is on its way: out of focus."""

import base64
from functools import cache
from io import BytesIO
from typing import NamedTuple

SIDE = 512
"""Pixels."""

SKY_ABOVE, SKY_BELOW = (38, 54, 104), (250, 176, 110)
SUN = (255, 236, 179)
HILLS = (((92, 74, 118), 330, 46), ((58, 58, 96), 390, 34), ((28, 38, 62), 450, 22))
"""Colour, height and swing of each row, the farthest first."""

BLUR = (40, 14)


class Picture(NamedTuple):
    """Base64 of PNG files."""

    partials: tuple[str, ...]
    whole: str


@cache
def picture() -> Picture:
    """Return an evening in the hills. The same every time."""
    # As for every picture of this server, Pillow is imported when the first one is drawn.
    from PIL import Image, ImageDraw, ImageFilter

    sky = Image.linear_gradient("L").resize((SIDE, SIDE))
    image = Image.composite(Image.new("RGB", sky.size, SKY_BELOW), Image.new("RGB", sky.size, SKY_ABOVE), sky)
    draw = ImageDraw.Draw(image)
    draw.circle((340, 260), 58, fill=SUN)
    for number, (colour, height, swing) in enumerate(HILLS):
        ridge = [(x, height + _wave(x + 90 * number, swing)) for x in range(0, SIDE + 8, 8)]
        draw.polygon([(0, SIDE), *ridge, (SIDE, SIDE)], fill=colour)
    blurred = (image.filter(ImageFilter.GaussianBlur(radius)) for radius in BLUR)
    return Picture(tuple(_png(partial) for partial in blurred), _png(image))


def _wave(x: int, swing: int) -> float:
    """A ridge of parabolas, one up and one down."""
    place = x % 256 / 128 - 1
    return swing * (place * (1 - abs(place)) * 4)


def _png(image: object) -> str:
    target = BytesIO()
    image.save(target, "PNG")  # type: ignore[attr-defined]
    return base64.b64encode(target.getvalue()).decode()
