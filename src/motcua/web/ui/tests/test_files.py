from __future__ import annotations

import io

from django.test import RequestFactory

from motcua.foundation.documents.opening import Opened
from motcua.web.ui.files import file_response

HEADERS = {
    "Content-Disposition": "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf",
    "Cache-Control": "private",
}


def given() -> Opened:
    return Opened(io.BytesIO(b"%PDF-"), "application/pdf", 5, "ab", HEADERS)


class TestFileResponse:
    def test_sends_the_content_as_what_it_is(self) -> None:
        answer = file_response(RequestFactory().get("/"), given())
        assert answer.getvalue() == b"%PDF-"
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Length"] == "5"
        assert answer["Content-Disposition"] == HEADERS["Content-Disposition"]

    def test_sends_nothing_that_the_browser_holds(self) -> None:
        opened = given()
        answer = file_response(RequestFactory().get("/", headers={"if-none-match": '"ab"'}), opened)
        assert answer.status_code == 304
        assert opened.stream.closed
