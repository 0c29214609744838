"""Xin lỗi và hẹn lại: who must be apologised to, the letter, its signature; and the lists that ought to be empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.time import local_date
from motcua.foundation.identity.access import Access
from motcua.foundation.identity.models import Membership
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.notices.models import Notice
from motcua.foundation.notices.operations.telling import resend
from motcua.service.dossiers.models import Apology, Dossier, LateCause
from motcua.service.dossiers.operations.apologising import (
    WORKERS,
    NotADraft,
    discard_apology,
    draft_apology,
    is_in_time,
    may_draft,
    proposed_date,
    revise_apology,
    send_apology,
)
from motcua.service.dossiers.operations.explaining import causes_on
from motcua.service.dossiers.querysets import DossierQuerySet, first_or_refuse
from motcua.web.desk.base import AT_DESK, DeskPage
from motcua.web.desk.paging import slice_of
from motcua.web.ui.forms import Reader
from motcua.web.ui.promises import Promise, promise_of

WATCHERS = (*AT_DESK, Permission.CONTROL)
HEADS = (Permission.ASSIGN, Permission.REVIEW, Permission.SIGN)
TABS = {"can-xin-loi": "Cần xin lỗi", "chua-xin-loi": "Quá hạn chưa xin lỗi", "da-gui": "Đã gửi"}
MOST = 100
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """Một dòng: the dossier, how its promise stands, its letter when there is one."""

    dossier: Dossier
    promise: Promise
    apology: Apology | None


@dataclass(frozen=True)
class Watch:
    """Những hồ sơ phải trông: at the agencies where this person works or controls."""

    access: Access
    at: datetime

    @property
    def agencies(self) -> list[int]:
        held = (self.access.where(one) for one in (*WORKERS, Permission.CONTROL))
        return sorted(frozenset().union(*held))

    @property
    def dossiers(self) -> DossierQuerySet:
        return Dossier.objects.filter(agency__in=self.agencies)

    @property
    def to_sign(self) -> DossierQuerySet:
        """Cần xin lỗi: a letter is drafted, for what will be late and for what is."""
        return self.dossiers.running().filter(apologies__state=Apology.State.DRAFT)

    @property
    def forgotten(self) -> DossierQuerySet:
        """Quá hạn chưa xin lỗi."""
        return self.dossiers.overdue_without_apology(at=self.at)


class Apologies(DeskPage):
    """Xin lỗi, hẹn lại: three lists."""

    any_of: ClassVar[tuple[Permission, ...]] = WATCHERS

    def get(self, request: HttpRequest) -> HttpResponse:
        watch = Watch(self.access, self.at)
        counts = {"can-xin-loi": watch.to_sign.count(), "chua-xin-loi": watch.forgotten.count()}
        tab = request.GET.get("muc", "")
        if tab not in TABS:
            tab = "can-xin-loi" if counts["can-xin-loi"] or not counts["chua-xin-loi"] else "chua-xin-loi"
        following = ""
        if tab == "da-gui":
            letters = Apology.objects.filter(state=Apology.State.SENT, dossier__agency__in=watch.agencies)
            sent = letters.select_related("dossier", "cause", "signed_by").order_by("-sent_at", "-id")[:MOST]
            lines = [self.line(one.dossier, one) for one in sent]
        else:
            found = watch.to_sign if tab == "can-xin-loi" else watch.forgotten
            page = slice_of(found, after=request.GET.get("sau", ""))
            drafts = Apology.objects.filter(
                state=Apology.State.DRAFT, dossier__in=[one.pk for one in page.dossiers]
            )
            letters_of = {letter.dossier_id: letter for letter in drafts.select_related("cause")}
            lines = [self.line(one, letters_of.get(one.pk)) for one in page.dossiers]
            following = page.next
        return self.render(
            "desk/apologies/index.html",
            tab=tab,
            tabs=[(label, key, counts.get(key)) for key, label in TABS.items()],
            lines=lines,
            next=following,
            most=MOST,
        )

    def line(self, dossier: Dossier, apology: Apology | None) -> Line:
        promise = promise_of(
            dossier.due_at, at=self.at, finished_at=dossier.finished_at, agency_id=dossier.agency_id
        )
        return Line(dossier, promise, apology)


class Letter(DeskPage):
    """Thư xin lỗi của một hồ sơ: written, revised, signed and sent."""

    any_of: ClassVar[tuple[Permission, ...]] = WATCHERS

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        letters = list(dossier.apologies.select_related("cause", "signed_by", "drafted_by").order_by("-id"))
        draft = next((one for one in letters if one.state == Apology.State.DRAFT), None)
        sent = [one for one in letters if one.state == Apology.State.SENT]
        found, proposed = (None, None) if draft else proposed_date(dossier, self.at)
        return self.render(
            "desk/apologies/edit.html",
            dossier=dossier,
            promise=promise_of(dossier.due_at, at=self.at, agency_id=dossier.agency_id),
            draft=draft,
            letters=[one for one in letters if one is not draft],
            may_write=may_draft(dossier, self.user, self.at) and not self.is_answered(dossier, sent),
            may_sign=self.access.may(Permission.SIGN, dossier.agency_id),
            in_time=is_in_time(dossier, self.at),
            forecast=draft.forecast if draft else (found.lines if found else ()),
            until=draft.due_after if draft else proposed,
            causes=[(one.pk, one.name) for one in causes_on(local_date(self.at))],
            signatories=signatories(dossier, self.at),
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        reader = self.read()
        draft = self.draft(dossier)
        if "discard" in request.POST:
            reason = reader.text("reason", required="Hãy ghi lý do bỏ dự thảo.", longest=300)
            reader.check()
            if draft is None:
                raise NotADraft("Thư này đã gửi hoặc đã bỏ. Hãy tải lại trang để xem.")
            discard_apology(apology_id=draft.pk, reason=reason, by=self.user, at=self.at)
            return self.done(
                f"Đã bỏ dự thảo thư xin lỗi của hồ sơ {dossier.code}.", "desk:dossier", dossier.pk
            )
        saved = self.keep_draft(dossier, draft, reader)
        if "send" not in request.POST:
            return self.done("Đã lưu dự thảo thư xin lỗi.", "desk:apology", dossier.pk)
        return self.send(dossier, saved)

    def send(self, dossier: Dossier, draft: Apology) -> HttpResponse:
        """What was written stays when the signature is refused."""
        letter = send_apology(apology_id=draft.pk, by=self.user, at=self.at)
        until = f"{letter.due_after:%d/%m/%Y}"
        sentence = (
            f"Đã gửi thư {letter} và hẹn lại hồ sơ {dossier.code} đến ngày {until}."
            if letter.extends
            else f"Đã gửi thư {letter}. Thư gửi muộn nên hồ sơ {dossier.code} vẫn tính là quá hạn; dự kiến xong {until}."
        )
        return self.done(sentence, "desk:apologies")

    def keep_draft(self, dossier: Dossier, draft: Apology | None, reader: Reader) -> Apology:
        cause = cause_of(reader)
        explanation = reader.paragraph("explanation", longest=LONGEST)
        until = reader.day("until", required="Hãy nhập ngày hẹn lại.")
        reader.check()
        assert until is not None  # noqa: S101  checked
        if draft is None:
            return draft_apology(
                dossier_id=dossier.pk,
                cause=cause,
                explanation=explanation,
                until=until,
                by=self.user,
                at=self.at,
            )
        unchanged = (draft.cause, draft.explanation, local_date(draft.due_after), draft.due_before)
        if unchanged == (cause, explanation, until, dossier.due_at):
            return draft
        return revise_apology(
            apology_id=draft.pk, cause=cause, explanation=explanation, until=until, by=self.user, at=self.at
        )

    def draft(self, dossier: Dossier) -> Apology | None:
        found = dossier.apologies.filter(state=Apology.State.DRAFT).select_related("cause")
        draft: Apology | None = found.first()
        return draft

    def is_answered(self, dossier: Dossier, sent: list[Apology]) -> bool:
        return any(one.extends or one.due_before == dossier.due_at for one in sent)


class Resend(DeskPage):
    """Gửi lại một thông báo."""

    any_of: ClassVar[tuple[Permission, ...]] = AT_DESK

    def post(self, request: HttpRequest, notice_id: UUID) -> HttpResponse:
        notice: Notice = first_or_refuse(Notice.objects.filter(pk=notice_id))
        dossier = self.dossier(notice.subject_id)
        if not may_draft(dossier, self.user, self.at):
            self.access.require(Permission.PROCESS, dossier.agency_id)
        resend(notice_id=notice.pk, by=self.user, at=self.at)
        return self.done("Thông báo đang được gửi lại.", reverse("desk:dossier", args=[dossier.pk]))


def cause_of(reader: Reader, *, required: str = "") -> LateCause | None:
    """Nguyên nhân được chọn."""
    key = reader.integer("cause", required=required)
    if key is None:
        return None
    cause = LateCause.objects.filter(pk=key).first()
    if cause is None:
        reader.refuse("cause", "Hãy chọn một nguyên nhân trong danh sách.")
    return cause


def signatories(dossier: Dossier, at: datetime) -> list[str]:
    """Ai ký được: the leaders of the settling agency, by their posts."""
    day = local_date(at)
    held = Membership.objects.valid_on(day).filter(
        post__agency=dossier.agency_id, post__role__permissions__contains=[Permission.SIGN.value]
    )
    names = held.select_related("user", "post").order_by("post__title", "id")
    return [f"{one.user.full_name}, {one.post.title}" for one in names]


def waiting_for(access: Access, at: datetime) -> tuple[int, int]:
    """Bao nhiêu thư chờ ký, bao nhiêu hồ sơ quá hạn chưa xin lỗi; zero for who heads nothing."""
    if not any(access.may(one) for one in HEADS):
        return 0, 0
    watch = Watch(access, at)
    return watch.to_sign.count(), watch.forgotten.count()
