"""Applicants are found by their number or added; two without a number are never taken for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from motcua.core import events
from motcua.core.asking import Asked
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import fold, reversed_fold
from motcua.core.time import local_date
from motcua.foundation.identity import checks, places
from motcua.foundation.identity.applicants import number_key
from motcua.foundation.identity.events import ApplicantCreated, ApplicantUpdated
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.querysets import ApplicantQuerySet

FIELDS = (
    "kind", "name", "tax_code", "phone", "email", "birth_date", "birth_year", "street", "ward_code", "province_code",
    "address",
)  # fmt: skip


class AnotherName(DomainError):
    """Số này đang ghi cho một tên khác: perhaps a slip of the key, perhaps a new name. A person must say which."""


@dataclass(frozen=True, kw_only=True)
class ApplicantInput:
    """What was typed of an applicant, as text. `birth` is a day "05/03/1990" or a year "1990"."""

    kind: str = Applicant.Kind.PERSON
    name: str
    personal_number: str = ""
    tax_code: str = ""
    phone: str = ""
    email: str = ""
    birth: str = ""
    street: str = ""
    ward_code: str = ""
    province_code: str = ""


@transaction.atomic
def find_or_create_applicant(
    data: ApplicantInput, *, by: User | None, at: datetime, accepts_new_name: bool = False
) -> Applicant:
    """Tìm hoặc thêm người nộp hồ sơ: by personal number, or an organisation by tax code; else always a new row.

    What is typed and differs updates the row that was found; what is left empty leaves it. One event when something
    was written. Raises InvalidInput (all fields at once) and AnotherName.
    """
    values = clean(data, on=local_date(at))
    found = _same(values)
    if found is None:
        try:
            with transaction.atomic():
                return _create(values, by=by, at=at)
        except IntegrityError:
            found = _same(values)  # the same person was added at the same moment at the next counter
            if found is None:
                raise
    _update(found, values, by=by, at=at, accepts_new_name=accepts_new_name)
    return found


class NotTheSamePerson(DomainError):
    """Số và tên không khớp: said to somebody who has not shown who they are, so it names nobody."""


@transaction.atomic(savepoint=False)
def find_or_add_unchecked(data: ApplicantInput, *, at: datetime) -> Applicant:
    """Tìm hoặc thêm theo lời khai: of somebody who has not shown who they are.

    What is known already is never changed by it; a number that is written under another name is refused without saying
    which name. Part of a larger act where there is one. Raises InvalidInput, NotTheSamePerson.
    """
    values = clean(data, on=local_date(at))
    found = _same(values)
    if found is None:
        try:
            with transaction.atomic():
                return _create(values, by=None, at=at)
        except IntegrityError:
            found = _same(values)
            if found is None:
                raise
    if found.name_folded != fold(values["name"]):
        raise NotTheSamePerson(
            "Họ tên và số này chưa khớp nhau. Hãy so lại với giấy tờ; nếu vẫn đúng, hãy mang mã tiếp tục đến "
            "Bộ phận Một cửa để nộp, bạn không phải khai lại.",
            field="name",
        )
    return found


@transaction.atomic
def update_applicant(
    applicant: Applicant, data: ApplicantInput, *, by: User | None, at: datetime
) -> Applicant:
    """Cập nhật người nộp hồ sơ đã chọn. Raises InvalidInput; DomainError when the number belongs to another."""
    values = clean(data, on=local_date(at))
    found = Applicant.objects.select_for_update().get(pk=applicant.pk)
    other = _same(values)
    if other is not None and other.pk != found.pk:
        field = "personal_number" if values["personal_number"] else "tax_code"
        raise DomainError(
            f"Số này đã có trong hệ thống, ghi cho {other.name}. Hãy tìm và chọn người đó.", field=field
        )
    _update(found, values, by=by, at=at, accepts_new_name=True)
    return found


def search_applicants(text: str, *, limit: int = 20) -> list[Applicant]:
    """Tìm người nộp: whole names first. See ApplicantQuerySet.matching."""
    folded = fold(text)
    found = Applicant.objects.matching(text).order_by("name_folded", "id")[:limit]
    return sorted(found, key=lambda applicant: (applicant.name_folded != folded, applicant.name_folded))


def clean(data: ApplicantInput, *, on: date) -> dict[str, Any]:
    """Every field checked; raises InvalidInput with one sentence per wrong field."""
    wrong: dict[str, str] = {}

    def checked(check: Callable[[], Any], otherwise: Any = "") -> Any:
        try:
            return check()
        except DomainError as refusal:
            wrong[refusal.field] = refusal.message
            return otherwise

    is_person = data.kind == Applicant.Kind.PERSON
    name = checked(lambda: (checks.person_name if is_person else checks.organisation_name)(data.name))
    born, year = (
        checked(lambda: checks.birth(data.birth, on=on), (None, None)) if data.birth.strip() else (None, None)
    )
    values = {
        "kind": checked(lambda: _kind(data.kind)),
        "name": name,
        "birth_date": born,
        "birth_year": year,
        "personal_number": checked(
            lambda: checks.personal_number(data.personal_number, on=on, birth_year=year)
        )
        if data.personal_number.strip()
        else "",
        "tax_code": checked(lambda: checks.tax_code(data.tax_code)) if data.tax_code.strip() else "",
        "phone": checked(lambda: checks.phone(data.phone)) if data.phone.strip() else "",
        "email": checked(lambda: checks.email(data.email)) if data.email.strip() else "",
        "street": checked(lambda: checks.short(data.street, 200, field="street", label="Số nhà, đường")),
        "ward_code": data.ward_code.strip(),
        "province_code": data.province_code.strip(),
    }
    checked(lambda: checks.place(values["province_code"], values["ward_code"]))
    if wrong:
        raise InvalidInput(wrong)
    values["address"] = places.in_words(values["street"], values["ward_code"], values["province_code"])
    return values


def _kind(kind: str) -> str:
    if kind not in Applicant.Kind.values:
        raise DomainError("Hãy chọn cá nhân hoặc tổ chức.", field="kind")
    return kind


def _same(values: dict[str, Any]) -> Applicant | None:
    """The row of the same person or organisation, by number only; locked."""
    if values["personal_number"]:
        return BY_NUMBER.first(key=number_key(values["personal_number"]))
    if values["tax_code"] and values["kind"] == Applicant.Kind.ORGANISATION:
        rows: ApplicantQuerySet = Applicant.objects.select_for_update()
        return rows.filter(kind=values["kind"], tax_code=values["tax_code"]).first()
    return None


# Of whoever comes to a counter or files on line.
BY_NUMBER = Asked(lambda key: Applicant.objects.select_for_update().filter(personal_number_key=key)[:1])


def _create(values: dict[str, Any], *, by: User | None, at: datetime) -> Applicant:
    applicant = Applicant(**{field: values[field] for field in FIELDS})
    applicant.personal_number = values["personal_number"]
    _fold_name(applicant)
    applicant.save(force_insert=True)
    events.record(
        ApplicantCreated(
            subject_id=applicant.pk,
            actor_id=by.pk if by else None,
            at=at,
            kind=applicant.kind,
            name=applicant.name,
        )
    )
    return applicant


def _update(
    applicant: Applicant, values: dict[str, Any], *, by: User | None, at: datetime, accepts_new_name: bool
) -> None:
    if not accepts_new_name and applicant.name_folded != fold(values["name"]):
        raise AnotherName(
            f"Số này đang ghi cho {applicant.name}. Nếu đúng là người này và tên đã đổi, hãy xác nhận đổi tên; "
            "nếu không, hãy kiểm tra lại số.",
            field="name",
        )
    old_name = applicant.name
    changed = [
        field
        for field in FIELDS
        if values[field] not in (None, "") and getattr(applicant, field) != values[field]
    ]
    for field in changed:
        setattr(applicant, field, values[field])
    if values["personal_number"] and values["personal_number"] != applicant.personal_number:
        applicant.personal_number = values["personal_number"]
        changed.append("personal_number")
    if not changed:
        return
    _fold_name(applicant)
    applicant.save(force_update=True)
    events.record(
        ApplicantUpdated(
            subject_id=applicant.pk,
            actor_id=by.pk if by else None,
            at=at,
            changed=changed,
            old_name=old_name if "name" in changed else "",
        )
    )


def _fold_name(applicant: Applicant) -> None:
    applicant.name_folded, applicant.name_reversed = fold(applicant.name), reversed_fold(applicant.name)
