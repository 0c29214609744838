"""Tài khoản công dân: found by name or number, locked and opened again with a reason that is told, devices signed out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.core.ids import as_key
from motcua.foundation.citizens.models import CitizenAccount, CitizenSession
from motcua.foundation.citizens.operations.accounts import lock_account, sign_out_devices, unlock_account
from motcua.foundation.citizens.sessions import idle
from motcua.foundation.citizens.telling import lock_reason
from motcua.foundation.identity.permissions import Permission
from motcua.web.admin.base import AdminPage, history
from motcua.web.ui.devices import device_name

SIZE = 50
LONGEST = 300


class CitizenPages(AdminPage):
    """Accounts belong to no agency: who manages people from the top sees to them."""

    abstract = True
    section = "admin:citizens"
    permission = Permission.MANAGE_STAFF

    def entrance(self) -> HttpResponse | None:
        entrance = super().entrance()
        if entrance is None:
            self.require_everywhere(Permission.MANAGE_STAFF)
        return entrance

    def account(self, account_id: UUID) -> CitizenAccount:
        found = CitizenAccount.objects.select_related("applicant", "level").filter(pk=account_id).first()
        if found is None:
            raise self.missing("Không có tài khoản này.")
        return found


class Citizens(CitizenPages):
    """Tìm tài khoản; with nothing asked, those that are locked."""

    permission = Permission.MANAGE_STAFF

    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(request.GET.get("q", "").split())[:200]
        accounts = CitizenAccount.objects.select_related("applicant", "level")
        found = accounts.found_by(text) if text else accounts.filter(is_active=False)
        if after := as_key(request.GET.get("after", "")):
            found = found.filter(pk__lt=after)
        rows = list(found.order_by("-id")[: SIZE + 1])
        return self.render(
            "admin/citizens/index.html",
            q=text,
            rows=rows[:SIZE],
            next=rows[SIZE - 1].pk if len(rows) > SIZE else "",
            total=CitizenAccount.objects.count(),
        )


class Citizen(CitizenPages):
    """Một tài khoản: how it signs in, on which devices, what was done to it; and the acts."""

    permission = Permission.MANAGE_STAFF

    def get(self, request: HttpRequest, account_id: UUID) -> HttpResponse:
        account = self.account(account_id)
        here = CitizenSession.objects.filter(account=account).open_at(self.at, self.at - idle())
        return self.render(
            "admin/citizens/show.html",
            account=account,
            links=list(account.links.living()),
            devices=[(row, device_name(row.user_agent)) for row in here.order_by("-last_seen_at")],
            representatives=list(account.representatives.acting_at(self.at)),
            why=lock_reason(account),
            history=history(account.pk),
            longest=LONGEST,
        )

    def post(self, request: HttpRequest, account_id: UUID) -> HttpResponseBase:
        account, reader = self.account(account_id), self.read()
        reason = reader.text("reason", required="Hãy ghi lý do, chủ tài khoản sẽ đọc được.", longest=LONGEST)
        reader.check()
        return self.done(self._act(account, reason), "admin:citizen", account.pk)

    def _act(self, account: CitizenAccount, reason: str) -> str:
        given: dict[str, Any] = {"reason": reason, "by": self.user, "at": self.at}
        match self.request.POST.get("act"):
            case "lock":
                lock_account(account, **given)
                return f"Đã khóa tài khoản {account.code}; mọi thiết bị đã đăng xuất, chủ tài khoản được báo lý do."
            case "unlock":
                unlock_account(account, **given)
                return f"Đã mở lại tài khoản {account.code}; chủ tài khoản được báo."
            case _:
                number = sign_out_devices(account, **given)
                return f"Đã đăng xuất {number} thiết bị." if number else "Không thiết bị nào đang đăng nhập."
