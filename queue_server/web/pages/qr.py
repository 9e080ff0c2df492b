"""An address as a QR, for phones to read off paper and screens."""

import io

import segno
from starlette.responses import Response

__all__ = ["PRIVATE", "qr"]

PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}
"""For pages and pictures whose address is a key: nothing on the way keeps them."""


def qr(address: str) -> Response:
    """The picture, with the quiet edge that readers need."""
    svg = io.BytesIO()
    segno.make(address, error="m", micro=False).save(svg, kind="svg", border=4, omitsize=True, light="#ffffff")
    return Response(svg.getvalue(), headers=PRIVATE, media_type="image/svg+xml")
