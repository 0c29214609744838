"""Đăng nhập: what a provider vouches for becomes an account: known, confirmed as somebody we know already, or new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.db import transaction

from motcua.core import events
from motcua.core.choices import Labelled
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.text import fold, tidy
from motcua.core.time import local_date
from motcua.foundation.citizens.claims import Claims
from motcua.foundation.citizens.events import (
    AccountOpened,
    CitizenSignedIn,
    ProviderLinked,
    RepresentativeNamed,
)
from motcua.foundation.citizens.models import (
    AssuranceLevel,
    CitizenAccount,
    CitizenLink,
    CitizenSession,
    Representative,
)
from motcua.foundation.citizens.operations.signing_out import end_session_row
from motcua.foundation.citizens.sessions import keep_tokens, lasts, new_key
from motcua.foundation.citizens.telling import lock_reason
from motcua.foundation.identity import checks
from motcua.foundation.identity.applicants import number_key, tax_key
from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.sessions import digest

Kind = Applicant.Kind
RENAMES_FROM = 2  # rank: only who is known this surely corrects the name that we hold
REPRESENTS = "Người đại diện theo pháp luật"


class SignInRefused(DomainError):
    """Chưa đăng nhập được: what the provider said cannot be taken, or the account is locked."""


class ConfirmationNeeded(DomainError):
    """Cần xác nhận: we know somebody with this number already; the person must say that it is they."""


class Standing(Labelled):
    """Nơi cấp tài khoản nói về ai: somebody linked, somebody known by number, or a new person."""

    KNOWN = "KNOWN", "Đã liên kết"
    MAPPING = "MAPPING", "Đã có hồ sơ mang số này"
    NEW = "NEW", "Người mới"


@dataclass(frozen=True)
class Recognition:
    """Nhận ra ai."""

    standing: Standing
    link: CitizenLink | None = None
    applicant: Applicant | None = None
    has_another_name: bool = False


@dataclass(frozen=True)
class Entered:
    """Đã vào: the session and its key, which is told once, to the browser."""

    session: CitizenSession
    key: str


def recognise(claims: Claims) -> Recognition:
    """Nhận ra: by the link, else by the number of a person or the tax code of an organisation."""
    link = (
        CitizenLink.objects.living()
        .filter(issuer=claims.issuer, subject=claims.subject)
        .select_related("account__applicant", "account__level")
        .first()
    )
    if link is not None:
        return Recognition(Standing.KNOWN, link, link.account.applicant)
    applicant = _applicant_of(claims)
    if applicant is None:
        return Recognition(Standing.NEW)
    differs = fold(applicant.name) != fold(claims.name)
    return Recognition(Standing.MAPPING, None, applicant, differs)


@transaction.atomic
def sign_in(
    claims: Claims,
    *,
    at: datetime,
    agreed: bool = False,
    ip: str = "",
    user_agent: str = "",
    tokens: Mapping[str, Any] | None = None,
    previous: CitizenSession | None = None,
) -> Entered:
    """Đăng nhập: open a session for whom the provider vouches for; the account and the link are made when there are none.

    `agreed`: the person has confirmed that the applicant with this number is they. `previous`: the session of the same
    browser, which ends. Raises SignInRefused, ConfirmationNeeded.
    """
    level = _level(claims)
    link = _link_of(claims, level, at, agreed=agreed)
    account = link.account
    if not account.is_active:
        why = f" Lý do: {said}." if (said := lock_reason(account).rstrip(".")) else ""
        raise SignInRefused(
            f"Tài khoản này đang bị khóa.{why} Hãy gọi Bộ phận Một cửa nơi bạn nộp hồ sơ để được mở lại."
        )
    _check_number(claims, account)
    representative = note_representative(account, claims=claims, at=at) if account.is_organisation else None
    if previous is not None:
        representative = representative or _still_acts(previous, account, at)
        end_session_row(previous, end=CitizenSession.End.REPLACED, at=at)
    key = new_key()
    session = CitizenSession(
        key_digest=digest(key), account=account, link=link, level=level, representative=representative,
        ip=_address(ip), user_agent=user_agent[:300], opened_at=at, last_seen_at=at, expires_at=at + lasts(),
    )  # fmt: skip
    keep_tokens(session, tokens or {})
    session.save(force_insert=True)
    link.last_used_at = at
    link.save(update_fields=["last_used_at"])
    account.level, account.last_signed_in_at = level, at
    account.save(update_fields=["level", "last_signed_in_at"])
    events.record(
        CitizenSignedIn(
            subject_id=account.pk, actor_id=account.pk, at=at, session=session.pk, provider=claims.provider,
            level=level.code,
        )
    )  # fmt: skip
    return Entered(session, key)


@transaction.atomic
def link_provider(account: CitizenAccount, claims: Claims, *, at: datetime) -> CitizenLink:
    """Liên kết thêm một nơi cấp: only when it vouches for the same number. Raises SignInRefused."""
    found = recognise(claims)
    if found.link is not None:
        if found.link.account_id != account.pk:
            raise SignInRefused(
                f"Tài khoản {claims.provider_name} này đang dùng cho một người khác. Hãy đăng nhập bằng tài khoản của bạn."
            )
        return found.link
    _check_number(claims, account, must_be_said=True)
    return _new_link(account, claims, at)


@transaction.atomic
def note_representative(account: CitizenAccount, *, claims: Claims, at: datetime) -> Representative | None:
    """Ghi người đại diện mà nơi cấp nói đến, once for each person."""
    name = tidy(claims.representative_name)[:200]
    if not name:
        return None
    person = _person(claims, name, at) if claims.representative_number else None
    same = {"person": person} if person else {"person": None, "name": name}
    known = account.representatives.acting_at(at).filter(**same).first()
    if known is not None:
        return known
    made = Representative.objects.create(
        organisation=account, person=person, name=name, title=REPRESENTS,
        source=Representative.Source.PROVIDER, since=at,
    )  # fmt: skip
    events.record(
        RepresentativeNamed(
            subject_id=account.pk, actor_id=account.pk, at=at, representative=made.pk,
            person=person.pk if person else None, source=made.source,
        )
    )  # fmt: skip
    return made


def _level(claims: Claims) -> AssuranceLevel:
    level = AssuranceLevel.objects.filter(pk=claims.level).first()
    if level is None:
        raise SignInRefused(
            f"{claims.provider_name} chưa cho biết mức độ xác thực của bạn. Hãy thử lại, hoặc chọn cách đăng nhập khác."
        )
    return level


def _link_of(claims: Claims, level: AssuranceLevel, at: datetime, *, agreed: bool) -> CitizenLink:
    found = recognise(claims)
    if found.link is not None:
        return found.link
    if found.standing == Standing.MAPPING:
        _check_may_map(found, claims, level, agreed=agreed)
    applicant = _applicant(claims, at, accepts_new_name=agreed)
    account = CitizenAccount.objects.of(applicant) or _open(applicant, claims, level, at)
    return _new_link(account, claims, at)


def _check_may_map(found: Recognition, claims: Claims, level: AssuranceLevel, *, agreed: bool) -> None:
    if found.has_another_name and level.rank < RENAMES_FROM:
        raise SignInRefused(
            "Số định danh này đang ghi cho một tên khác trong hệ thống. Hãy đăng nhập bằng tài khoản mức độ 02, "
            "hoặc mang giấy tờ tùy thân đến Bộ phận Một cửa để sửa lại."
        )
    if not agreed:
        raise ConfirmationNeeded(
            f"Đã có hồ sơ mang số này, nộp dưới tên {claims.name}. Đây có phải là bạn không?"
        )


def _applicant_of(claims: Claims) -> Applicant | None:
    if claims.kind == Kind.ORGANISATION:
        code = tax_key(claims.tax_code) if claims.tax_code else ""
        return Applicant.objects.filter(kind=Kind.ORGANISATION, tax_code=code).first() if code else None
    if not claims.personal_number:
        return None
    return Applicant.objects.filter(personal_number_key=number_key(claims.personal_number)).first()


def _applicant(claims: Claims, at: datetime, *, accepts_new_name: bool) -> Applicant:
    """The applicant of what is said; what is badly written and not needed is left out."""
    on = local_date(at)
    data = ApplicantInput(
        kind=claims.kind,
        name=claims.name,
        personal_number="" if claims.kind == Kind.ORGANISATION else claims.personal_number,
        tax_code=claims.tax_code if claims.kind == Kind.ORGANISATION else "",
        phone=_if_fine(lambda: checks.phone(claims.phone), claims.phone),
        email=_if_fine(lambda: checks.email(claims.email), claims.email),
        birth=_if_fine(lambda: checks.birth(claims.birth, on=on), claims.birth),
    )
    try:
        return find_or_create_applicant(data, by=None, at=at, accepts_new_name=accepts_new_name)
    except InvalidInput as fault:
        raise SignInRefused(
            f"Thông tin mà {claims.provider_name} gửi chưa dùng được: {fault.message} "
            "Hãy xem lại thông tin ở nơi cấp tài khoản, hoặc đến Bộ phận Một cửa."
        ) from fault


def _if_fine(check: Callable[[], Any], text: str) -> str:
    with suppress(DomainError):
        check()
        return text
    return ""


def _person(claims: Claims, name: str, at: datetime) -> Applicant | None:
    """The representative as an applicant; None when the number cannot be one or is somebody else's."""
    data = ApplicantInput(name=name, personal_number=claims.representative_number)
    try:
        with transaction.atomic():
            return find_or_create_applicant(data, by=None, at=at)
    except DomainError:
        return None


def _open(applicant: Applicant, claims: Claims, level: AssuranceLevel, at: datetime) -> CitizenAccount:
    account = CitizenAccount.objects.create(
        kind=applicant.kind, applicant=applicant, level=level, created_at=at,
        email=applicant.email, phone=applicant.phone,
        channel=CitizenAccount.Channel.EMAIL if applicant.email else CitizenAccount.Channel.SMS,
    )  # fmt: skip
    events.record(
        AccountOpened(
            subject_id=account.pk, actor_id=account.pk, at=at, applicant=applicant.pk, kind=account.kind
        )
    )
    return account


def _new_link(account: CitizenAccount, claims: Claims, at: datetime) -> CitizenLink:
    link = CitizenLink.objects.create(
        account=account, issuer=claims.issuer, subject=claims.subject, provider=claims.provider,
        provider_name=claims.provider_name, dialect=claims.dialect, tech_id=claims.tech_id[:120], linked_at=at,
        last_used_at=at,
    )  # fmt: skip
    events.record(
        ProviderLinked(
            subject_id=account.pk, actor_id=account.pk, at=at, link=link.pk, provider=claims.provider
        )
    )
    return link


def _check_number(claims: Claims, account: CitizenAccount, *, must_be_said: bool = False) -> None:
    """A provider that now names another number speaks of another person: nothing is opened."""
    applicant = account.applicant
    said, held = (
        (tax_key(claims.tax_code) if claims.tax_code else "", applicant.tax_code)
        if account.is_organisation
        else (
            number_key(claims.personal_number) if claims.personal_number else "",
            applicant.personal_number_key,
        )
    )
    if claims.kind != account.kind or (said and held and said != held) or (must_be_said and said != held):
        raise SignInRefused(
            f"Thông tin của {claims.provider_name} không khớp với tài khoản đã liên kết. "
            "Hãy đăng nhập bằng tài khoản của chính bạn, hoặc gọi Bộ phận Một cửa."
        )


def _still_acts(previous: CitizenSession, account: CitizenAccount, at: datetime) -> Representative | None:
    """Who signs in again for a surer level goes on acting for the same organisation."""
    known = previous.representative
    return known if known and previous.account_id == account.pk and known.acts_at(at) else None


def _address(text: str) -> str | None:
    try:
        validate_ipv46_address(text)
    except ValidationError:
        return None
    return text
