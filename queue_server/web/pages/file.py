"""Files that pages hand out."""

from starlette.responses import Response

__all__ = ["CSV", "XLSX", "file_response"]

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_response(body: bytes, name: str, media_type: str) -> Response:
    """A file to be saved under that name, ASCII, and never kept on the way."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(body, media_type=media_type, headers=headers)
