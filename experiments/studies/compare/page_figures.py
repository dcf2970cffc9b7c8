"""The figures of the page: SVG with the fonts that browsers have, small enough for a page that is sent by mail."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from experiments.figures.style import FONT
from experiments.studies.compare.figures.draw import QUESTIONS

_FONT, _FONTS = f"'{FONT}'", f"{FONT}, Arial, Helvetica, sans-serif"
"""A picture on a page has the fonts of the machine, and not every machine has the one of the figures."""
_UNSEEN = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|(?<=>)\s+(?=<)", re.DOTALL)
_PATH = re.compile(r'(?<= d=")[^"]*')
_COORDINATE, _AROUND_LETTER, _BLANK = re.compile(r"-?\d+\.\d+"), re.compile(r"\s*([A-Za-z])\s*"), re.compile(r"\s+")
_AS_IT_IS = " /:=,;()+*!$'?@[]{}|\\^~`"
"""Signs that need no escape in the address of a picture between double quotes."""


def figures_of_page(pictures: Mapping[str, bytes], captions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the name, question, content and caption of each figure; `pictures` are SVG by name."""
    questions = {name: next(text for kind, text in QUESTIONS.items() if name.startswith(kind)) for name in pictures}
    return [
        {
            "name": name,
            "question": questions[name],
            "content": Markup(_address(picture.decode())),
            "caption": captions.get(name) or questions[name],
        }
        for name, picture in pictures.items()
    ]


def _address(picture: str) -> str:
    """Return an SVG as the address of an image: paths to a tenth of a point, and neither metadata nor blanks between tags.

    Texts keep all their digits.
    """
    small = _PATH.sub(_shortened, _UNSEEN.sub("", picture.replace(_FONT, _FONTS)))
    return quote(small.replace("'", "&apos;").replace('"', "'"), safe=_AS_IT_IS)


def _shortened(path: re.Match[str]) -> str:
    rounded = _COORDINATE.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), path[0])
    return _AROUND_LETTER.sub(r"\1", _BLANK.sub(" ", rounded)).strip()
