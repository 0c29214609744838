"""Bưu chính: the carriers, what they promise and cost, and their codes of our places."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.querysets import valid_on
from motcua.service.postal.carriers import dialect_of, names
from motcua.service.postal.meanings import table_of, unexplained_of
from motcua.service.postal.models import AddressCode, Carrier, PostalPrice
from motcua.service.postal.operations.setting import COLUMNS, import_codes, set_carrier, set_price, set_status
from motcua.service.postal.states import Meaning, Otherwise
from motcua.web.admin.base import AdminPage

LARGEST = 2_000_000  # bytes of a table of codes
DIALECTS = {"vnpost": "VNPost", "viettel_post": "Viettel Post"}


class PostAdminPage(AdminPage):
    """What these pages share: carriers serve the whole province, so they are set from its top."""

    abstract = True
    section = "admin:post"
    permission = Permission.MANAGE_ORG

    def carrier(self, carrier_id: UUID) -> Carrier:
        found: Carrier | None = Carrier.objects.filter(pk=carrier_id).first()
        if found is None:
            raise self.missing("Không có đơn vị bưu chính này.")
        return found

    def given(self) -> dict[str, Any]:
        """What the form of a carrier says. Raises InvalidInput."""
        reader = self.read()
        wanted = {
            "name": reader.text("name", required="Hãy ghi tên đơn vị.", longest=150),
            "dialect": reader.choice("dialect", names()),
            "price_way": reader.choice(
                "price_way", Carrier.PriceWay.values, required="Hãy chọn cách tính giá."
            ),
            "is_on": reader.is_ticked("is_on"),
            "promise_days": reader.integer("promise_days", required="Hãy ghi số ngày.", least=0, most=60),
            "decide_within_days": reader.integer(
                "decide_within_days", required="Hãy ghi số ngày.", least=0, most=60
            ),
            "most_tries": reader.integer("most_tries", required="Hãy ghi số lần.", least=1, most=10),
            "otherwise": reader.choice("otherwise", [one.value for one in Otherwise], required="Hãy chọn."),
            "valid_from": reader.day("valid_from", required="Hãy ghi ngày bắt đầu."),
            "valid_to": reader.day("valid_to"),
        }
        reader.check()
        return wanted

    def word_address(self, carrier: Carrier) -> str:
        """Where it calls us, who tells by itself."""
        return (
            self.request.build_absolute_uri(reverse("api:carrier-word", args=[carrier.pk]))
            if _tells(carrier)
            else ""
        )

    def choices(self) -> dict[str, Any]:
        return {
            "dialects": [(name, DIALECTS.get(name, name)) for name in names()],
            "price_ways": Carrier.PriceWay.choices,
            "otherwises": [(one.value, one.label) for one in Otherwise],
        }


class Carriers(PostAdminPage):
    """Các đơn vị bưu chính, and a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        known = Count("address_codes", filter=Q(address_codes__valid_to__isnull=True))
        rows = list(Carrier.objects.annotate(known=known).order_by("name"))
        return self.render(
            "admin/post/index.html", rows=rows, tellers={one.pk for one in rows if _tells(one)}
        )


def _tells(carrier: Carrier) -> bool:
    """Whether it tells by itself."""
    dialect = dialect_of(carrier)
    return dialect is not None and dialect.can_tell_again


class NewCarrier(PostAdminPage):
    """Thêm đơn vị bưu chính."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("admin/post/edit.html", carrier=None, **self.choices())

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_ORG)
        given = self.given()
        carrier = set_carrier(code=request.POST.get("code", "").strip(), by=self.user, at=self.at, **given)
        return self.done(
            f"Đã thêm {carrier.name}. Hãy nạp giá cước và mã địa chỉ.", "admin:carrier", carrier.pk
        )


class CarrierEdit(PostAdminPage):
    """Một đơn vị: what it promises, its prices, its codes."""

    def get(self, request: HttpRequest, carrier_id: UUID) -> HttpResponse:
        carrier = self.carrier(carrier_id)
        living = valid_on(self.today)
        return self.render(
            "admin/post/edit.html",
            carrier=carrier,
            prices=list(
                PostalPrice.objects.filter(living, carrier=carrier).order_by("-is_local", "up_to_grams")
            ),
            codes=AddressCode.objects.filter(living, carrier=carrier).count(),
            columns=", ".join(COLUMNS),
            statuses=table_of(carrier, self.today),
            unexplained=unexplained_of(carrier, self.today),
            meanings=[(one.value, one.label) for one in Meaning if one != Meaning.UNKNOWN],
            word_address=self.word_address(carrier),
            **self.choices(),
        )

    def post(self, request: HttpRequest, carrier_id: UUID) -> HttpResponse:
        self.require_everywhere(Permission.MANAGE_ORG)
        carrier = self.carrier(carrier_id)
        act = request.POST.get("act", "")
        if act == "price":
            return self.price(carrier)
        if act == "codes":
            return self.codes(carrier)
        if act == "status":
            return self.explain(carrier)
        set_carrier(code=carrier.code, by=self.user, at=self.at, **self.given())
        return self.done("Đã lưu.", "admin:carrier", carrier.pk)

    def price(self, carrier: Carrier) -> HttpResponse:
        reader = self.read()
        where = reader.choice("where", ("LOCAL", "OTHER"), required="Hãy chọn nơi đến.")
        up_to = reader.integer("up_to_grams", required="Hãy ghi khối lượng.", least=1, most=30_000)
        amount = reader.money("amount", required="Hãy ghi giá.")
        begins = reader.day("price_from", required="Hãy ghi ngày bắt đầu.")
        reader.check()
        assert up_to is not None  # noqa: S101  checked
        assert amount is not None  # noqa: S101  checked
        assert begins is not None  # noqa: S101  checked
        set_price(
            carrier_id=carrier.pk, is_local=where == "LOCAL", up_to_grams=up_to, amount=amount, valid_from=begins,
            by=self.user, at=self.at,
        )  # fmt: skip
        return self.done("Đã đặt giá cước.", "admin:carrier", carrier.pk)

    def explain(self, carrier: Carrier) -> HttpResponse:
        reader = self.read()
        status = reader.text("status", required="Hãy ghi mã.", longest=20)
        meaning = reader.choice(
            "meaning", [one.value for one in Meaning if one != Meaning.UNKNOWN], required="Hãy chọn ý nghĩa."
        )
        begins = reader.day("status_from", required="Hãy ghi ngày bắt đầu.")
        reader.check()
        assert begins is not None  # noqa: S101  checked
        set_status(
            carrier_id=carrier.pk, status=status, meaning=meaning, valid_from=begins, by=self.user, at=self.at
        )
        return self.done(f"Đã đặt ý nghĩa của mã {status}.", "admin:carrier", carrier.pk)

    def codes(self, carrier: Carrier) -> HttpResponse:
        reader = self.read()
        begins = reader.day("codes_from", required="Hãy ghi ngày bắt đầu.")
        table = self.request.FILES.get("file")
        text = ""
        if table is None or not table.size:
            reader.refuse("file", "Hãy chọn tệp CSV.")
        elif table.size > LARGEST:
            reader.refuse("file", "Tệp lớn quá 2 MB.")
        else:
            try:
                text = table.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                reader.refuse("file", "Tệp không phải CSV mã UTF-8. Hãy lưu lại dạng “CSV UTF-8”.")
        reader.check()
        assert begins is not None  # noqa: S101  checked
        number = import_codes(carrier_id=carrier.pk, text=text, valid_from=begins, by=self.user, at=self.at)
        return self.done(f"Đã nạp {number} mã mới hoặc thay đổi.", "admin:carrier", carrier.pk)
