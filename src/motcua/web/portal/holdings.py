"""Giấy tờ của tôi: what is held of the person who has signed in, who has looked at it, and the consents given."""

from __future__ import annotations

import contextlib
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.service.dossiers.models import Dossier
from motcua.service.holdings.models import Consent, HeldPaper, PaperUse
from motcua.service.holdings.operations.using import withdraw_consent
from motcua.web.portal.mine import MyPage

SIZE = 50


class MyPapers(MyPage):
    """Giấy tờ của tôi."""

    def get(self, request: HttpRequest) -> HttpResponse:
        holder = self.citizen.applicant
        rows = (
            HeldPaper.objects.of(holder.pk)
            .select_related("paper_type", "dossier")
            .order_by("-kept_at", "-id")
        )
        papers = list(rows.standing()[:SIZE])
        return self.render("portal/holdings/index.html", rows=papers, today=self.at.date(), most=SIZE)


class WhoLooked(MyPage):
    """Ai đã xem, đã dùng giấy tờ của tôi; and the consents that may still be taken back."""

    def get(self, request: HttpRequest) -> HttpResponse:
        holder = self.citizen.applicant
        after = request.GET.get("sau", "")
        lines = PaperUse.objects.filter(holder=holder).select_related("held", "agency").order_by("-id")
        with contextlib.suppress(ValueError):  # an unreadable mark is the first page
            lines = lines.filter(pk__lt=UUID(after))
        found = list(lines[: SIZE + 1])
        consents = Consent.objects.filter(holder=holder, withdrawn_at=None, uses=None).order_by("-given_at")
        codes = Dossier.objects.filter(pk__in=[line.subject_id for line in found], applicant=holder)
        return self.render(
            "portal/holdings/uses.html",
            lines=found[:SIZE],
            after=found[SIZE - 1].pk if len(found) > SIZE else "",
            consents=consents[:SIZE],
            codes=dict(codes.values_list("pk", "code")),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            key = UUID(request.POST.get("consent", ""))
        except ValueError:
            raise self.missing("Không có đồng ý này.") from None
        withdraw_consent(
            consent_id=key, holder_id=self.citizen.applicant_id, actor_id=self.hand.pk, at=self.at
        )
        return self.done(
            "Đã rút lại đồng ý. Giấy tờ trong kho không được dùng cho hồ sơ đó nữa.", "portal:my-papers-uses"
        )
