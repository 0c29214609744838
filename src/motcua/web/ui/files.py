"""Gửi tệp: how an opened document or preview leaves as a response, on every page alike."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseNotModified

from motcua.foundation.documents.opening import Opened


def file_response(request: HttpRequest, opened: Opened) -> HttpResponseBase:
    """The answer to a request for a file; "unchanged" when the browser holds the same content already."""
    tag = f'"{opened.sha256}"'
    answer: HttpResponseBase
    if request.headers.get("If-None-Match") == tag:
        opened.stream.close()
        answer = HttpResponseNotModified()
    else:
        answer = FileResponse(opened.stream, content_type=opened.media_type)
        answer["Content-Length"] = str(opened.size)
    answer["ETag"] = tag
    for name, value in opened.headers.items():
        answer[name] = value
    return answer
