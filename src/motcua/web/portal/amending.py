"""Tự sửa hồ sơ đã tiếp nhận: its owner, signed in, changes what the rule lets them change."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tracking import CODED
from motcua.service.filing.operations.amending import amend_own, amendable_now, is_own
from motcua.web.portal.drafts import RETURNS
from motcua.web.portal.mine import MyPage


class Amend(MyPage):
    """Sửa hồ sơ của tôi."""

    public = True

    def dossier(self) -> Dossier:
        found: Dossier | None = CODED.first(code=str(self.kwargs["code"]).upper())
        if found is None or not is_own(found, self.citizen.applicant):
            raise self.missing("Không có hồ sơ này trong những hồ sơ của bạn.")
        return found

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        dossier = self.dossier()
        return self.render(
            "portal/own/amend.html",
            dossier=dossier,
            fields_open=amendable_now(dossier, self.at),
            ways=RETURNS,
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        dossier, reader = self.dossier(), self.read()
        wanted = {
            name: reader.text(name, longest=longest)
            for name, longest in (("matter", 500), ("phone", 30), ("return_channel", 8))
            if name in request.POST
        }
        reason = reader.paragraph("reason", required="Hãy ghi vì sao bạn sửa, để cơ quan hiểu.", longest=500)
        reader.check()
        changes = amend_own(
            dossier_id=dossier.pk,
            wanted=wanted,
            reason=reason,
            applicant=self.citizen.applicant,
            account_id=self.hand.pk,
            at=self.at,
        )
        said = "Đã sửa. Người đang giữ hồ sơ được báo." if changes else "Hồ sơ đã có nội dung này."
        return self.done(said, "portal:my-filing", dossier.code)
