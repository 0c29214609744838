"""Người nộp: find the person in front of the counter, or write the person down."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from motcua.core.asking import Asked
from motcua.core.errors import DomainError
from motcua.core.text import fold
from motcua.foundation.identity import places
from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.operations.applicants import (
    AnotherName,
    ApplicantInput,
    find_or_create_applicant,
    search_applicants,
    update_applicant,
)
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.web.ui.forms import Form, Reader
from motcua.web.ui.pages import Page

KINDS = [(kind.value, kind.label) for kind in Applicant.Kind]
CARD = re.compile(r"(\d{12})\|(\d{9})?\|([^|]{2,200})\|(\d{8})\|[^|]*\|([^|]*)\|\d{0,8}.*")


class People(Page):
    """Bước 1: who hands the dossier in."""

    permission = Permission.RECEIVE
    asks_new_name = False

    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:400]
        card = read_card(text)
        found = search_applicants(card["personal_number"] if card else text) if text else []
        is_number = bool(card) or (
            sum(one.isdigit() for one in text) >= 9 and not any(map(str.isalpha, text))
        )
        if len(found) == 1 and is_number and request.method == "GET":
            return self.go(self.next_page(found[0]))
        typed = card or guessed(text)
        is_new = (
            bool(self.form.errors)
            or request.method == "POST"
            or "moi" in request.GET
            or bool(text and not found)
        )
        if self.form.typed is None and is_new:
            self.form = Form({**typed, "province_code": typed.get("province_code") or self.own_province()})
        return self.render(
            "counter/applicants/index.html",
            text="" if card else text,
            people=found,
            is_new=is_new,
            offering=request.GET.get("thu-tuc", ""),
            **self.lists(),
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        data = applicant_in(self.read())
        applicant = find_or_create_applicant(
            data, by=self.user, at=self.at, accepts_new_name=bool(request.POST.get("new_name"))
        )
        return self.go(self.next_page(applicant))

    def refused(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.asks_new_name = isinstance(refusal, AnotherName)
        return super().refused(refusal, *args, **kwargs)

    def next_page(self, applicant: Applicant) -> str:
        """The procedure comes next, unless it is chosen already."""
        wanted = self.request.GET.get("thu-tuc", "")
        if wanted.isdecimal():
            return reverse("counter:reception", args=[applicant.pk, int(wanted)])
        return reverse("counter:offerings", args=[applicant.pk])

    def lists(self) -> dict[str, Any]:
        province = str(self.form.value("province_code"))
        return {
            "kinds": KINDS,
            "provinces": [(place.code, place.name) for place in places.provinces()],
            "wards": places.wards(province),
            "asks_new_name": self.asks_new_name,
            "focus": self.focus(),
        }

    def focus(self) -> str:
        """Where the hands go on: the first thing that is not known yet."""
        wanted = ("name", "personal_number", "phone", "street")
        return "" if self.form.errors else next((one for one in wanted if not self.form.value(one)), "name")

    def own_province(self) -> str:
        """The province that the clerk works in, from the nearest agency that governs one."""
        grant = next(iter(self.access.grants), None)
        own = Agency.objects.filter(pk=grant.agency_id).first() if grant else None
        if own is None:
            return ""
        codes = dict(
            Agency.objects.filter(pk__in=[*own.ancestor_ids, own.pk]).values_list("pk", "place_code")
        )
        for pk in [own.pk, *reversed(own.ancestor_ids)]:
            if place := places.province(codes.get(pk, "")) or places.ward(codes.get(pk, "")):
                return place.province_code
        return ""


class Person(People):
    """Sửa thông tin người nộp; what is left empty stays as it is."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, applicant_id: UUID) -> HttpResponse:  # type: ignore[override]
        applicant = applicant_or_404(self, applicant_id)
        if self.form.typed is None:
            self.form = Form(typed_of(applicant))
        return self.render(
            "counter/applicants/edit.html", applicant=applicant, back=self.back(applicant), **self.lists()
        )

    def post(self, request: HttpRequest, applicant_id: UUID) -> HttpResponseBase:  # type: ignore[override]
        applicant = applicant_or_404(self, applicant_id)
        data = applicant_in(self.read())
        update_applicant(applicant, data, by=self.user, at=self.at)
        return self.done("Đã cập nhật thông tin người nộp.", self.back(applicant))

    def back(self, applicant: Applicant) -> str:
        return self.next_address(reverse("counter:offerings", args=[applicant.pk]))


class Wards(Page):
    """Xã, phường của tỉnh vừa chọn, for the list that helps to type."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.is_fragment:
            return self.go("counter:receive")
        return self.render(
            "counter/applicants/_wards.html", wards=places.wards(request.GET.get("province_code", ""))
        )


def applicant_in(reader: Reader, prefix: str = "") -> ApplicantInput:
    """What was typed of a person. The commune is typed as people write it, with or without diacritics."""
    typed = {
        name: reader.text(f"{prefix}{name}", longest=2000)
        for name in ("kind", "name", "personal_number", "tax_code", "phone", "email", "birth", "street")
    }
    province = reader.text(f"{prefix}province_code", longest=10)
    ward = _ward(reader, f"{prefix}ward_code", province)
    reader.check()
    return ApplicantInput(
        **{**typed, "kind": typed["kind"] or Applicant.Kind.PERSON}, province_code=province, ward_code=ward
    )


def applicant_or_404(page: Page, applicant_id: UUID) -> Applicant:
    applicant = APPLICANT.first(applicant_id=applicant_id)
    if applicant is None:
        raise page.missing("Không có người nộp này.")
    return applicant


APPLICANT = Asked(lambda applicant_id: Applicant.objects.filter(pk=applicant_id))


def read_card(text: str) -> dict[str, str]:
    """Mã QR trên thẻ căn cước: number|old number|name|birth ddmmyyyy|sex|address|issued; empty when it is not one."""
    found = CARD.fullmatch(text)
    if not found:
        return {}
    number, _old, name, born, address = found.groups()
    birth = f"{born[:2]}/{born[2:4]}/{born[4:]}"
    return {"personal_number": number, "name": name.strip(), "birth": birth, "street": address.strip()[:200]}


def guessed(text: str) -> dict[str, str]:
    """What was searched for in vain is where the new person begins."""
    digits = re.sub(r"[\s.\-]", "", text)
    if digits.isdecimal():
        return {"personal_number": digits} if len(digits) > 10 else {"phone": digits}
    return {"name": text}


def typed_of(applicant: Applicant) -> dict[str, str]:
    born = applicant.birth_date
    ward = places.ward(applicant.ward_code)
    return {
        "kind": applicant.kind,
        "name": applicant.name,
        "personal_number": "",
        "tax_code": applicant.tax_code,
        "phone": applicant.phone,
        "email": applicant.email,
        "birth": f"{born:%d/%m/%Y}" if born else str(applicant.birth_year or ""),
        "street": applicant.street,
        "ward_code": ward.name if ward else "",
        "province_code": applicant.province_code,
    }


def _ward(reader: Reader, name: str, province: str) -> str:
    """The code of the commune whose name was typed; refuses an unknown or unclear one."""
    text = reader.text(name, longest=100)
    if not text or not province or places.province(province) is None:
        if text:
            reader.refuse(name, "Hãy chọn tỉnh, thành phố trước, rồi ghi xã, phường.")
        return ""
    wanted = fold(text)
    hits = places.search(text, province_code=province)
    exact = [place for place in hits if place.folded == wanted or place.folded.endswith(f" {wanted}")]
    whole = [place for place in hits if place.folded == wanted] or exact or hits
    if len(whole) == 1:
        return whole[0].code
    if whole:
        names = ", ".join(place.name for place in whole[:5])
        reader.refuse(name, f"“{text}” có thể là {names}. Hãy ghi đủ tên.")
    else:
        reader.refuse(
            name, f"Không có xã, phường “{text}” trong tỉnh đã chọn. Có thể là tên trước tháng 7/2025."
        )
    return ""


def carried(request: HttpRequest, **changes: str) -> str:
    """The query string that goes on through the steps of a reception."""
    kept = {
        key: request.GET[key]
        for key in ("thu-tuc", "truong-hop", "ho-so", "phi-dia-gioi", "uy-quyen")
        if request.GET.get(key)
    }
    kept |= {key: value for key, value in changes.items() if value}
    return f"?{urlencode(kept)}" if kept else ""
