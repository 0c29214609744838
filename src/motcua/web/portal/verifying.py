"""Xác thực giấy tờ: anybody with a paper's id, its QR code or its file learns what it is worth. Nobody signs in."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import add_never_cache_headers, patch_cache_control

from motcua.core.errors import InvalidInput
from motcua.foundation.documents.opening import check_link
from motcua.foundation.documents.operations.opening import open_document
from motcua.foundation.signing.models import SigningIdentity
from motcua.service.results.checking import Verdict, check_file, check_text
from motcua.service.results.models import IssuerKey
from motcua.service.results.operations.keys import published
from motcua.service.results.operations.recording import record_check
from motcua.service.results.reading import may_be_taken
from motcua.web.portal.attempts import may_check
from motcua.web.ui.files import file_response
from motcua.web.ui.pages import Page

TOO_OFTEN = "Bạn đã xác thực nhiều lần. Hãy chờ 10 phút rồi thử lại."
LONGEST = 1000
MOST_SEALS = 500
WORKER = Path(__file__).parent / "static" / "portal" / "verify-worker.js"


class VerifyPage(Page):
    """What the pages that answer have in common."""

    abstract = True
    public = True

    def answer(self, verdict: Verdict) -> HttpResponse:
        record_check(verdict, at=self.at)
        response = self.render("portal/verifying/show.html", verdict=verdict)
        add_never_cache_headers(response)
        return response

    def too_often(self) -> HttpResponse | None:
        """Counted per address: an id cannot be guessed by trying."""
        if may_check(self.request, self.at):
            return None
        messages.error(self.request, TOO_OFTEN)
        return self.render("portal/verifying/edit.html", status=429)


class Verify(VerifyPage):
    """Xác thực giấy tờ: by the id, by the file, by a photograph of the code."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("portal/verifying/edit.html")

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        text = reader.text("ma", longest=LONGEST)
        upload = request.FILES.get("tep")
        if not text and not upload:
            raise InvalidInput({"ma": "Hãy nhập mã giấy, hoặc chọn tệp PDF hay ảnh chụp mã QR."})
        if upload and upload.size and upload.size > settings.UPLOAD_LIMIT:
            raise InvalidInput({"tep": "Tệp quá lớn. Hãy chọn tệp PDF gốc, hoặc chụp riêng mã QR."})
        reader.check()
        if refused := self.too_often():
            return refused
        return self.answer(check_file(upload.read(), at=self.at) if upload else check_text(text, at=self.at))


class VerifyCode(VerifyPage):
    """Mở mã QR bằng máy ảnh của điện thoại."""

    public = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.too_often() or self.answer(check_text(code, at=self.at))


class Offline(Page):
    """Xác thực khi không có mạng: kept by the browser; the keys that it has seen last judge the signature."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("portal/verifying/offline.html")


class Worker(Page):
    """The script that keeps that page; it must come from the address that it serves."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(WORKER.read_bytes(), content_type="text/javascript")
        response["Service-Worker-Allowed"] = "/"
        patch_cache_control(response, no_cache=True)
        return response


class Keys(Page):
    """Khóa công khai of all results, those that have ended too."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        response = JsonResponse({"keys": published()})
        response["Access-Control-Allow-Origin"] = "*"
        patch_cache_control(response, public=True, max_age=3600)
        return response


class PublicKeys(Page):
    """Khóa công khai, as people read it."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        seals = SigningIdentity.objects.filter(kind=SigningIdentity.Kind.AGENCY).select_related("agency")
        return self.render(
            "portal/verifying/keys.html",
            keys=IssuerKey.objects.order_by("-valid_from"),
            seals=seals.order_by("agency__name", "-valid_from")[:MOST_SEALS],
        )


class TakeResult(Page):
    """Tải kết quả: by a link that the holder's page has given a short while ago."""

    public = True

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        document = may_be_taken(check_link(token, user_id=None, at=self.at))
        if document is None:
            raise self.missing("Không có tệp này.")
        return file_response(request, open_document(document_id=document.pk, by=None, at=self.at))
