"""Gián đoạn tại quầy: ask for a supplement, take it in, stop or withdraw, close for silence, amend; the two clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.foundation.documents.kinds import ACCEPT, RefusedFile
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import StoreUnavailable
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.clocks import clocks_of
from motcua.service.dossiers.models import Channel, Dossier, Part, Stop, Supplement, SupplementItem
from motcua.service.dossiers.operations.amending import PartChange, amend
from motcua.service.dossiers.operations.stopping import lapse, stop
from motcua.service.dossiers.operations.supplementing import (
    BroughtIn,
    ask_supplement,
    awaited,
    complete_supplement,
)
from motcua.service.dossiers.states import AMEND, ASK_SUPPLEMENT, STOP, Move
from motcua.web.counter.acts import promise, rows_of
from motcua.web.counter.dossiers import dossier_of
from motcua.web.counter.home import AT_COUNTER
from motcua.web.counter.paging import known, slice_of
from motcua.web.counter.papers import FORMS, keep_scan
from motcua.web.counter.post_choice import asks_post, choice_page
from motcua.web.ui.deadlines import page_of
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page
from motcua.web.ui.phones import LendsToPhone, Lent
from motcua.web.ui.supplements import read_items, supplement_choices
from motcua.web.ui.wording import vn_moment

KINDS = [
    (Stop.Kind.STOP.value, "Dừng giải quyết", "Người nộp không muốn giải quyết tiếp."),
    (Stop.Kind.WITHDRAW.value, "Rút hồ sơ", "Người nộp lấy lại hồ sơ."),
]


class AskSupplement(Page):
    """Yêu cầu bổ sung tại quầy, before the dossier is handed over."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        refuse_unlawful(self, ASK_SUPPLEMENT, dossier)
        choices = supplement_choices(dossier, self.form, self.user, self.at)
        choices["contact_phone"] = dossier.reception_agency.phone
        return self.render("counter/supplements/new.html", dossier=dossier, **choices)

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier, reader = dossier_of(self, dossier_id), self.read()
        items = read_items(reader, dossier)
        reason = reader.paragraph("reason", longest=2000)
        contact_name = reader.text("contact_name", longest=200)
        contact_phone = reader.text("contact_phone", longest=20)
        reader.check()
        asked = ask_supplement(
            dossier_id=dossier.pk,
            items=items,
            reason=reason,
            contact_name=contact_name,
            contact_phone=contact_phone,
            by=self.user,
            at=self.at,
            step=request.POST.get("step", ""),
        )
        until = f" Chờ người nộp đến {vn_moment(asked.waits_until)}." if asked.waits_until else ""
        return self.done(f"Đã lập phiếu yêu cầu bổ sung số {asked}.{until}", "counter:dossier", dossier.pk)


@dataclass(frozen=True)
class Awaited:
    """Một giấy tờ đang chờ: whether it is ticked, and the scans that wait for it."""

    item: SupplementItem
    is_ticked: bool
    scans: Sequence[Document]


class Supplements(LendsToPhone, Page):
    """Nhận hồ sơ bổ sung."""

    permission = Permission.RECEIVE

    @cached_property
    def wanted(self) -> tuple[Dossier, Supplement | None, list[SupplementItem]]:
        """What the page shows; a post asks anew."""
        dossier = dossier_of(self, self.kwargs["dossier_id"])
        supplement = awaited(dossier)
        return dossier, supplement, list(lacking_of(supplement))

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier, supplement, items = self.wanted
        ticked = set(self.form.values("item"))
        scans: dict[UUID, list[Document]] = getattr(self, "scans", {})
        return self.render(
            "counter/supplements/edit.html",
            dossier=dossier,
            supplement=supplement,
            lacking=[Awaited(item, str(item.pk) in ticked, scans.get(item.pk, [])) for item in items],
            phones=self.phones([str(item.pk) for item in items]),
            is_past=bool(supplement and supplement.waits_until and supplement.waits_until < self.at),
            accept=ACCEPT,
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier, reader = dossier_of(self, dossier_id), self.read()
        items = lacking_of(awaited(dossier))
        self.scans = {item.pk: self.uploads(reader, dossier, item) for item in items}
        note = reader.paragraph("note", longest=300)
        ticked = set(reader.several("item"))
        reader.check()
        taken = complete_supplement(
            dossier_id=dossier.pk,
            brought=[
                BroughtIn(item.pk, [scan.pk for scan in self.scans[item.pk]])
                for item in items
                if str(item.pk) in ticked or self.scans[item.pk]
            ],
            by=self.user,
            at=self.at,
            note=note,
        )
        if taken.completed_at is None:
            left = len(lacking_of(taken))
            return self.done(
                f"Đã nhận một phần; còn thiếu {left} giấy tờ.", "counter:supplements", dossier.pk
            )
        due_at = Dossier.objects.values_list("due_at", flat=True).get(pk=dossier.pk)
        promised = f" Hẹn trả mới: {vn_moment(due_at)}." if due_at else ""
        return self.done(f"Đã nhận đủ hồ sơ bổ sung.{promised}", "counter:dossier", dossier.pk)

    def lent(self, word: str) -> Lent | None:
        item = next((one for one in self.wanted[2] if str(one.pk) == word), None)
        return Lent(item.name, f"file-{word}", waits=True) if item else None

    def uploads(self, reader: Reader, dossier: Dossier, item: SupplementItem) -> list[Document]:
        """What an earlier try has left, and the files of now; kept before anything is judged."""
        left = known(self.request.POST.getlist(f"doc-{item.pk}"))
        kept = list(Document.objects.unused(uploaded_by_id=self.user.pk).filter(pk__in=left)) if left else []
        for upload in self.request.FILES.getlist(f"file-{item.pk}"):
            try:
                kept.append(
                    keep_scan(upload, name=item.name, holder=dossier.applicant, by=self.user, at=self.at)
                )
            except (RefusedFile, StoreUnavailable) as refusal:
                reader.refuse(f"file-{item.pk}", refusal.message)
        return kept


class Stopping(Page):
    """Dừng giải quyết, rút hồ sơ theo yêu cầu."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        refuse_unlawful(self, STOP, dossier)
        fees = "Không thu" if not dossier.fee_amount else ""
        return self.render("counter/stops/new.html", dossier=dossier, kinds=KINDS, fees=fees)

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier, reader = dossier_of(self, dossier_id), self.read()
        given: dict[str, Any] = {
            "kind": reader.choice("kind", [kind[0] for kind in KINDS]),
            "requested_by": reader.text("requested_by", longest=250),
            "reason": reader.paragraph("reason", longest=1000),
            "papers": reader.text("papers", longest=500),
            "fees": reader.text("fees", longest=300),
        }
        reader.check()
        stopped = stop(dossier_id=dossier.pk, by=self.user, at=self.at, **given)
        said = f"{stopped.get_kind_display()}: hồ sơ {dossier.code} đã đóng, thông báo số {stopped.number}."
        return self.done(said, "counter:dossier", dossier.pk)


class Lapse(Page):
    """Đóng hồ sơ do không bổ sung."""

    permission = Permission.RECEIVE

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        lapse(dossier_id=dossier.pk, by=self.user, at=self.at)
        return self.done(f"Đã đóng hồ sơ {dossier.code} do không bổ sung.", "counter:dossier", dossier.pk)


class Amendment(Page):
    """Sửa hồ sơ theo yêu cầu của người nộp."""

    permission = Permission.RECEIVE

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        refuse_unlawful(self, AMEND, dossier)
        return self.render(
            "counter/amendments/edit.html",
            dossier=dossier,
            papers=list(dossier.parts.order_by("position")),
            forms=FORMS,
            channels=Channel.choices,
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier, reader = dossier_of(self, dossier_id), self.read()
        parts = [self.read_part(reader, part) for part in dossier.parts.order_by("position")]
        requested_by = reader.text("requested_by", longest=250)
        reason = reader.paragraph("reason", longest=500)
        matter = reader.text("matter", longest=500)
        phone = reader.text("phone", longest=30)
        return_channel = reader.choice("return_channel", Channel.values)
        sets = reader.integer("sets", least=1, most=99) or 1
        reader.check()
        amend(
            dossier_id=dossier.pk,
            requested_by=requested_by,
            reason=reason,
            matter=matter,
            phone=phone,
            return_channel=return_channel,
            sets=sets,
            parts=parts,
            by=self.user,
            at=self.at,
        )
        said = "Đã sửa hồ sơ; nội dung trước và sau nằm trong nhật ký."
        page = reverse("counter:dossier", args=[dossier.pk])
        amended = dossier_of(self, dossier_id)
        if asks_post(self, amended):
            return self.done(f"{said} Hỏi người nộp chọn đơn vị bưu chính.", choice_page(amended, page))
        return self.done(said, page)

    def read_part(self, reader: Reader, part: Part) -> PartChange:
        form = reader.choice(f"form-{part.pk}", Part.Form.values) or part.form
        quantity = reader.integer(f"quantity-{part.pk}", least=1, most=1000) or part.quantity
        return PartChange(part.pk, form, quantity, reader.text(f"note-{part.pk}", longest=300))


class TwoClocks(Page):
    """Hai đồng hồ."""

    any_of = AT_COUNTER

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = dossier_of(self, dossier_id)
        return self.render(
            "counter/clocks/show.html",
            dossier=dossier,
            promise=promise(dossier, self.at),
            clocks=clocks_of(dossier, self.at),
        )


class Waiting(Page):
    """Chờ người dân: the earliest received first."""

    any_of = AT_COUNTER

    def get(self, request: HttpRequest) -> HttpResponse:
        seen = Dossier.objects.visible_to(self.user, self.at).standing_still()
        units = sorted(self.access.where(Permission.RECEIVE) | self.access.where(Permission.RETURN))
        found = seen.filter(reception_agency__in=units).with_names()
        page = slice_of(found, by="received_at", after=request.GET.get("sau", ""))
        rows = rows_of(page.dossiers, self.access, self.at)
        return self.render("counter/waiting/index.html", rows=rows, next=page.next)


class Deadlines(Page):
    """Sắp hết thời hạn."""

    any_of = AT_COUNTER

    def get(self, request: HttpRequest) -> HttpResponse:
        rows, following = page_of(self.user, self.at, request.GET.get("sau", ""))
        return self.render("counter/deadlines/index.html", rows=rows, next=following)


def lacking_of(supplement: Supplement | None) -> list[SupplementItem]:
    """What was asked for and has not been brought."""
    if supplement is None:
        return []
    return list(supplement.items.exclude(verdict=SupplementItem.Verdict.FINE).filter(brought_at=None))


def refuse_unlawful(page: Page, move: Move, dossier: Dossier) -> None:
    """An act that is not lawful now, opened by its address, answers with the rule. Raises IllegalMove."""
    if page.request.method == "GET":
        move.check(dossier.state)
