"""Nơi cấp tài khoản: who signs citizens in, as data with dates; a press asks each whether it answers. No secret is seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from motcua.core.errors import DomainError
from motcua.foundation.citizens.claims import Dialect
from motcua.foundation.citizens.models import AssuranceLevel
from motcua.foundation.identity.permissions import Permission
from motcua.integrations.sign_in.client import check_provider, secret_of
from motcua.integrations.sign_in.contract import NAMES
from motcua.integrations.sign_in.models import SignInProvider
from motcua.integrations.sign_in.operations.providers import ADDRESSES, write_provider
from motcua.web.admin.base import history
from motcua.web.admin.citizens import CitizenPages
from motcua.web.ui.forms import Reader

NEEDED = ("issuer", "authorize_url", "token_url", "userinfo_url", "jwks_url")
PAIR = re.compile(r"\s*([^=:\s]+)\s*[=:]\s*(\S.*?)\s*")


class Providers(CitizenPages):
    """Danh sách, with whether the secret is there."""

    permission = Permission.MANAGE_STAFF

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = SignInProvider.objects.order_by("position", "code")
        offered = set(SignInProvider.objects.offered_on(self.today).values_list("pk", flat=True))
        return self.render(
            "admin/providers/index.html",
            rows=[(row, row.pk in offered, bool(secret_of(row))) for row in rows],
        )


class NewProvider(CitizenPages):
    """Thêm nơi cấp tài khoản."""

    permission = Permission.MANAGE_STAFF

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("admin/providers/edit.html", **shown(None))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        reader = self.read()
        code = reader.text("code", required="Hãy nhập mã, ví dụ: vneid.", longest=40)
        if SignInProvider.objects.filter(pk=code).exists():
            reader.refuse("code", "Mã này đã có. Hãy mở nơi cấp đó để sửa.")
        given = read_provider(reader)
        made = write_provider({"code": code, **given}, by=self.user, at=self.at)
        return self.done(f"Đã ghi {made.name}. Hãy thử nối trước ngày mở.", "admin:provider", made.pk)


class Provider(CitizenPages):
    """Một nơi cấp: changed, and tried (`try`)."""

    permission = Permission.MANAGE_STAFF

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        provider = self.provider(code)
        return self.render(
            "admin/providers/edit.html",
            has_secret=bool(secret_of(provider)),
            history=history(provider.uid),
            **shown(provider),
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponseBase:
        provider = self.provider(code)
        if "try" in request.POST:
            return self._tried(provider)
        if provider.is_simulated:
            raise DomainError("Nơi cấp mô phỏng do bản minh họa đặt, không sửa ở đây.")
        given = read_provider(self.read())
        write_provider({"code": provider.pk, **given}, by=self.user, at=self.at)
        return self.done(f"Đã lưu {given['name']}.", "admin:provider", provider.pk)

    def _tried(self, provider: SignInProvider) -> HttpResponse:
        try:
            keys = check_provider(provider)
        except DomainError as fault:
            messages.error(self.request, f"Chưa nối được: {fault.message}")
            return self.go("admin:provider", provider.pk)
        secret = "có" if secret_of(provider) else f"CHƯA có (biến {provider.secret_name or 'chưa đặt tên'})"
        return self.done(
            f"{provider.name} trả lời, công bố {keys} khóa công khai. Mật khẩu ứng dụng: {secret}.",
            "admin:provider", provider.pk,
        )  # fmt: skip

    def provider(self, code: str) -> SignInProvider:
        found: SignInProvider | None = SignInProvider.objects.filter(pk=code).first()
        if found is None:
            raise self.missing("Không có nơi cấp tài khoản này.")
        return found


def shown(provider: SignInProvider | None) -> dict[str, Any]:
    """What the form shows of it."""
    blank = provider or SignInProvider(code="")
    return {
        "provider": provider,
        "addresses": [(field.name, field.verbose_name, field.name in NEEDED, getattr(blank, field.name))
                      for field in SignInProvider._meta.fields if field.name in ADDRESSES],  # noqa: SLF001
        "dialects": [(one.value, one.label) for one in Dialect],
        "auths": SignInProvider.ClientAuth.choices,
        "lists": {name: ", ".join(getattr(blank, name)) for name in ("algorithms", "level_claims")},
        "pairs": {name: _lines(getattr(blank, name)) for name in ("levels", "acr_values", "claim_map")},
        "known_levels": list(AssuranceLevel.objects.values_list("code", "name")),
        "claim_names": ", ".join(NAMES[Dialect.VNEID]),
    }  # fmt: skip


def read_provider(reader: Reader) -> dict[str, Any]:
    """What the form says. Raises InvalidInput."""
    given: dict[str, Any] = {
        name: reader.text(name, required="Hãy nhập địa chỉ, bắt đầu bằng https://." if name in NEEDED else "", longest=300)
        for name in ADDRESSES
    }  # fmt: skip
    for name, address in given.items():
        if address and not address.startswith("https://"):
            reader.refuse(name, "Địa chỉ phải bắt đầu bằng https://.")
    given |= {
        "name": reader.text("name", required="Hãy nhập tên gọi.", longest=120),
        "hint": reader.text("hint", longest=200),
        "dialect": reader.choice("dialect", [one.value for one in Dialect], required="Hãy chọn cách nói."),
        "client_id": reader.text(
            "client_id", required="Hãy nhập mã ứng dụng mà nơi cấp đã giao.", longest=120
        ),
        "secret_name": reader.text("secret_name", longest=80),
        "client_auth": reader.choice("client_auth", SignInProvider.ClientAuth.values, required="Hãy chọn."),
        "scopes": reader.text("scopes", required="Ít nhất là openid.", longest=200),
        "algorithms": _list(reader, "algorithms", "Hãy ghi thuật toán ký, ví dụ RS256."),
        "level_claims": _list(reader, "level_claims", "Hãy ghi nơi họ nói mức độ, ví dụ loAs."),
        "levels": _pairs(reader, "levels"),
        "level_unsaid": reader.text("level_unsaid", longest=10),
        "acr_values": _pairs(reader, "acr_values"),
        "claim_map": _pairs(reader, "claim_map"),
        "position": reader.integer("position", required="Hãy ghi thứ tự.", least=1, most=99),
        "valid_from": reader.day("valid_from", required="Hãy ghi ngày mở."),
        "valid_to": reader.day("valid_to"),
    }
    reader.check()
    return given


def _list(reader: Reader, name: str, required: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+", reader.text(name, required=required)) if part]


def _pairs(reader: Reader, name: str) -> dict[str, str]:
    """One pair a line: "theirs = ours"."""
    found: dict[str, str] = {}
    for line in reader.paragraph(name, longest=2000).splitlines():
        if not line.strip():
            continue
        pair = PAIR.fullmatch(line)
        if pair is None:
            reader.refuse(name, f"Mỗi dòng một cặp, ví dụ 1 = 2; chưa hiểu dòng “{line.strip()[:60]}”.")
            break
        found[pair[1]] = pair[2]
    return found


def _lines(pairs: Mapping[str, Any]) -> str:
    return "\n".join(f"{key} = {value}" for key, value in pairs.items())
