"""Báo sai thông tin: what citizens say is wrong in what was filled in for them; the office sees to it and answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from motcua.core.ids import as_key
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Dossier
from motcua.service.forms.models import CorrectionWish
from motcua.service.forms.operations.correcting import LONGEST, answer_wrong, label_of
from motcua.service.forms.querysets import CorrectionWishQuerySet
from motcua.service.forms.reading import fields_by_name, in_words
from motcua.service.forms.sources import SOURCES, said
from motcua.web.ui.forms import Reader
from motcua.web.ui.pages import Page

SIZE = 50
NOWHERE = "khong"  # of whom no place is known
TABS = {"cho": "Chờ trả lời", "da-tra-loi": "Đã trả lời"}


@dataclass(frozen=True)
class Line:
    """Một báo sai, as the list shows it."""

    wish: CorrectionWish
    label: str
    source: str
    who: str
    form: str


@dataclass(frozen=True)
class Asked:
    """Phần đang xem of all that this person may see; the board's figures open such parts."""

    place: str = ""
    sources: tuple[str, ...] = ()
    outcome: str = ""
    since: date | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Asked:
        outcome, reader = query.get("ket-qua", ""), Reader(query)
        return cls(
            place=query.get("noi", "")[:20],
            sources=tuple(one for one in query.getlist("nguon") if one in SOURCES),
            outcome=outcome if outcome in CorrectionWish.Outcome.values else "",
            since=reader.day("tu"),
        )

    def of(self, found: CorrectionWishQuerySet) -> CorrectionWishQuerySet:
        if self.place == NOWHERE:
            found = found.filter(agency=None)
        elif self.place.isdecimal():
            found = found.filter(agency=int(self.place))
        return found.filter(source__in=self.sources) if self.sources else found

    def answered(self, found: CorrectionWishQuerySet) -> CorrectionWishQuerySet:
        found = found.filter(outcome=self.outcome) if self.outcome else found
        return found.answered_from(self.since) if self.since else found

    def in_words(self) -> str:
        """Đang xem phần nào; "": everything."""
        if self.place == NOWHERE:
            where = "chưa rõ nơi nộp"
        else:
            here = (
                Agency.objects.filter(pk=int(self.place)) if self.place.isdecimal() else Agency.objects.none()
            )
            where = here.values_list("name", flat=True).first() or ""
        label = CorrectionWish.Outcome(self.outcome).label.lower() if self.outcome else ""
        from_day = f"trả lời từ {self.since:%d/%m/%Y}" if self.since else ""
        words = [where, *dict.fromkeys(said(one) for one in self.sources), label, from_day]
        return "; ".join(one for one in words if one)


class Corrections(Page):
    """Danh sách, the oldest that wait first; answered ones the newest first."""

    any_of: ClassVar[tuple[Permission, ...]] = (Permission.RECEIVE, Permission.CONTROL)

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = Asked.read(request.GET)
        mine = asked.of(CorrectionWish.objects.visible_to(self.user, self.at))
        waiting = mine.waiting()
        tab = "da-tra-loi" if request.GET.get("muc") == "da-tra-loi" else "cho"
        shown = waiting if tab == "cho" else asked.answered(mine.answered())
        rows = self.slice(shown, is_newest_first=tab != "cho")
        return self.render(
            "counter/corrections/index.html",
            tab=tab,
            tabs=[(label, key) for key, label in TABS.items()],
            waiting=waiting.count(),
            total=shown.count(),
            narrowed=asked.in_words(),
            rows=lines_of(rows[:SIZE]),
            next=rows[SIZE - 1].pk if len(rows) > SIZE else "",
        )

    def slice(self, found: CorrectionWishQuerySet, *, is_newest_first: bool) -> list[CorrectionWish]:
        """One more than a page; keys grow with time."""
        after = as_key(self.request.GET.get("after", ""))
        if after:
            found = found.filter(pk__lt=after) if is_newest_first else found.filter(pk__gt=after)
        rows = found.select_related("answers__version__form", "agency", "answered_by")
        return list(rows.order_by("-id" if is_newest_first else "id")[: SIZE + 1])


class Correction(Page):
    """Một báo sai: what was filled in, what the person says, and the answer to them."""

    any_of: ClassVar[tuple[Permission, ...]] = (Permission.RECEIVE, Permission.CONTROL)

    def get(self, request: HttpRequest, wish_id: UUID) -> HttpResponse:
        wish = (
            CorrectionWish.objects.visible_to(self.user, self.at)
            .select_related("answers__version__form", "agency", "answered_by")
            .filter(pk=wish_id)
            .first()
        )
        if wish is None:
            raise self.missing("Không có báo sai này.")
        seen = Dossier.objects.visible_to(self.user, self.at)
        field = fields_by_name(wish.answers.version.definition).get(wish.field)
        return self.render(
            "counter/corrections/show.html",
            line=lines_of([wish])[0],
            wish=wish,
            value=in_words(field, wish.answers.data.get(wish.field)) if field else "",
            dossier=seen.filter(pk=wish.answers.subject_id).values("pk", "code").first(),
            outcomes=CorrectionWish.Outcome.choices,
            longest=LONGEST,
        )

    def post(self, request: HttpRequest, wish_id: UUID) -> HttpResponseBase:
        reader = self.read()
        outcome = reader.choice("outcome", CorrectionWish.Outcome.values, required="Hãy chọn đã làm gì.")
        text = reader.paragraph(
            "text", required="Hãy ghi vài lời cho người báo: đã xem gì, sửa ở đâu.", longest=LONGEST
        )
        reader.check()
        wish = answer_wrong(wish_id=wish_id, outcome=outcome, text=text, by=self.user, at=self.at)
        told = (
            "Người báo được báo tin."
            if wish.reported_by
            else "Người báo là khách: họ đọc câu trả lời ở tờ khai."
        )
        return self.done(f"Đã trả lời báo sai {wish.code}. {told}", "counter:corrections")


def lines_of(rows: Sequence[CorrectionWish]) -> list[Line]:
    """With the names of the people, in one question."""
    known: dict[UUID | None, str] = dict(
        CitizenAccount.objects.filter(pk__in={row.reported_by for row in rows}).values_list(
            "pk", "applicant__name"
        )
    )
    return [
        Line(
            row, label_of(row), said(row.source), known.get(row.reported_by, "Khách, không có tài khoản"),
            row.answers.version.form.name,
        )
        for row in rows
    ]  # fmt: skip
