"""Tài khoản nhận tiền hoàn: written by who has shown whose the dossier is, seen again by its last digits alone."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.service.payments.banks import banks
from motcua.service.payments.operations.receiving_back import Typed, give_account, payer_of
from motcua.web.portal.attempts import may_act
from motcua.web.portal.drafts import TOO_OFTEN
from motcua.web.portal.filed import OwnPage
from motcua.web.portal.following import waiting_refunds


class RefundAccountPage(OwnPage):
    """Ghi, đổi tài khoản nhận tiền hoàn."""

    public = True

    @property
    def subject_id(self) -> UUID:
        if self.dossier is not None:
            return self.dossier.pk
        if self.filing is None:
            raise self.missing("Không có hồ sơ này.")
        return self.filing.dossier_key

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        waiting = [one for one in waiting_refunds(self.subject_id) if one[2]]
        if not waiting:
            return self.go("portal:my-filing", self.code)
        return self.private(
            self.render(
                "portal/own/refund.html",
                code=self.code,
                total=sum(refund.amount for refund, _, _ in waiting),
                banks=list(banks().items()),
                account=next((account for _, account, _ in waiting if account), None),
                payer=payer_of(waiting[0][0]) if self.is_owner else "",
                is_owner=self.is_owner,
            )
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        reader = self.read()
        typed = Typed(
            reader.text("bank", longest=6),
            reader.text("number", longest=40),
            reader.text("holder", longest=120),
            accepts_name=reader.is_ticked("other_name"),
        )
        reader.check()
        if not may_act(request, "refund-account", str(self.subject_id), self.at):
            raise DomainError(TOO_OFTEN)
        given = give_account(
            subject_id=self.subject_id,
            typed=typed,
            by_owner=self.is_owner,
            account_id=self.account_id,
            at=self.at,
        )
        return self.done(f"Tiền hoàn sẽ về {given[0]}.", "portal:my-filing", self.code)
