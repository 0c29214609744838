"""Nhà cung cấp ký số từ xa cho công dân: as data with dates; each is asked what it has of an account. No token is seen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.core.errors import DomainError
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.signing import remote
from motcua.integrations.remote_signing.client import token_of
from motcua.integrations.remote_signing.models import SigningProvider
from motcua.integrations.remote_signing.operations import write_signing_provider
from motcua.web.admin.base import history
from motcua.web.admin.certificates import CertificatePage
from motcua.web.ui.forms import Reader

Account = SigningProvider.Account


class SigningProviderPage(CertificatePage):
    abstract = True

    def entrance(self) -> HttpResponse | None:
        """What every agency's people sign with is looked after from the top alone."""
        sent = super().entrance()
        if sent is None:
            self.require_everywhere(Permission.MANAGE_KEYS)
        return sent


class SigningProviders(SigningProviderPage):
    """Danh sách, with whether the token is there."""

    def get(self, request: HttpRequest) -> HttpResponse:
        offered = set(SigningProvider.objects.offered_on(self.today).values_list("pk", flat=True))
        rows = [(row, row.pk in offered, bool(token_of(row))) for row in SigningProvider.objects.all()]
        return self.render("admin/signing_providers/index.html", rows=rows)


class NewSigningProvider(SigningProviderPage):
    """Thêm nhà cung cấp."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("admin/signing_providers/edit.html", provider=None, accounts=Account.choices)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        reader = self.read()
        code = reader.text("code", required="Hãy nhập mã, ví dụ: smartca.", longest=40)
        if SigningProvider.objects.filter(pk=code).exists():
            reader.refuse("code", "Mã này đã có. Hãy mở nhà cung cấp đó để sửa.")
        given = read_signing_provider(reader)
        made = write_signing_provider(code, given, by=self.user, at=self.at)
        return self.done(f"Đã ghi {made.name}. Hãy thử nối trước ngày mở.", "admin:signing-provider", made.pk)


class ShowSigningProvider(SigningProviderPage):
    """Một nhà cung cấp: changed, and tried (`try`)."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        provider = self.provider(code)
        return self.render(
            "admin/signing_providers/edit.html",
            provider=provider,
            accounts=Account.choices,
            has_token=bool(token_of(provider)),
            history=history(provider.uid),
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        provider, reader = self.provider(code), self.read()
        if "try" in request.POST:
            return self._tried(provider, reader)
        given = read_signing_provider(reader)
        write_signing_provider(provider.pk, given, by=self.user, at=self.at)
        return self.done(f"Đã lưu {given['name']}.", "admin:signing-provider", provider.pk)

    def _tried(self, provider: SigningProvider, reader: Reader) -> HttpResponse:
        """How many keys it has of an account; whose they are, is not shown."""
        account = reader.text("tried", required="Hãy ghi mã tài khoản để thử, ví dụ của bạn.", longest=100)
        reader.check()
        try:
            found = remote.service().found(provider=provider.pk, account=account)
        except DomainError as fault:
            messages.error(self.request, f"Chưa nối được: {fault.message}")
            return self.go("admin:signing-provider", provider.pk)
        told = f"{provider.name} trả lời: tài khoản này có {len(found)} chứng thư."
        return self.done(told, "admin:signing-provider", provider.pk)

    def provider(self, code: str) -> SigningProvider:
        found = SigningProvider.objects.filter(pk=code).first()
        if found is None:
            raise self.missing("Không có nhà cung cấp này.")
        return found


def read_signing_provider(reader: Reader) -> dict[str, Any]:
    """What the form says. Raises InvalidInput."""
    given: dict[str, Any] = {
        "name": reader.text("name", required="Hãy nhập tên gọi.", longest=120),
        "hint": reader.text("hint", longest=200),
        "address": reader.text("address", required="Hãy nhập địa chỉ dịch vụ.", longest=300),
        "secret_name": reader.text("secret_name", longest=80),
        "account": reader.choice("account", Account.values, required="Hãy chọn người dùng xưng bằng gì."),
        "asks": reader.text("asks", required="Hãy ghi người ký phải nhập gì.", longest=80),
        "position": reader.integer("position", required="Hãy ghi thứ tự.", least=1, most=99),
        "valid_from": reader.day("valid_from", required="Hãy ghi ngày mở."),
        "valid_to": reader.day("valid_to"),
    }
    reader.check()
    return given
