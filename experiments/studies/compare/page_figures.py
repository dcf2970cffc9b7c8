"""The figures of the page: SVG with the fonts that browsers have."""

import re
from base64 import b64encode
from collections.abc import Mapping

from experiments.figures.style import FONT
from experiments.studies.compare.figures.draw import QUESTIONS

_FONT, _FONTS = f"'{FONT}'".encode(), f"'{FONT}', Arial, Helvetica, sans-serif".encode()
"""A picture on a page has the fonts of the machine, and not every machine has the one of the figures."""
_LONG_NUMBER = re.compile(rb"\d+\.\d{3,}")


def figures_of_page(pictures: Mapping[str, bytes], captions: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the name, content and caption of each figure; `pictures` are SVG by name."""
    return [
        {
            "name": name,
            "content": b64encode(_for_page(content)).decode(),
            "caption": captions.get(name) or next(text for kind, text in QUESTIONS.items() if name.startswith(kind)),
        }
        for name, content in pictures.items()
    ]


def _for_page(picture: bytes) -> bytes:
    """Return an SVG with the fonts that browsers have, and with coordinates to a hundredth of a point."""
    return _LONG_NUMBER.sub(lambda found: b"%.2f" % float(found[0]), picture.replace(_FONT, _FONTS))
