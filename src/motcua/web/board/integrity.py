"""Bảng toàn vẹn: what must always be true, whether it is, since when it is not, and the one press that mends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Role
from motcua.oversight.integrity.breaches import Invariant
from motcua.oversight.integrity.invariants import BY_CODE, INVARIANTS
from motcua.oversight.integrity.models import Check, Finding
from motcua.oversight.integrity.operations.checking import check
from motcua.oversight.integrity.operations.mending import mend
from motcua.web.ui.pages import Page

SIZE = 50


@dataclass(frozen=True)
class Line:
    """Một dòng của bảng: an invariant, how many break it, since when; `failure` when it could not be checked."""

    invariant: Invariant
    owner: str
    count: int
    since: datetime | None
    failure: str

    @property
    def address(self) -> str:
        return reverse("board:findings", args=[self.invariant.code])


class Index(Page):
    permission = Permission.WATCH_INTEGRITY

    def get(self, request: HttpRequest) -> HttpResponse:
        last = Check.objects.select_related("by").order_by("-started_at").first()
        lines = self._lines(last)
        broken = [line for line in lines if line.count or line.failure]
        return self.render(
            "board/integrity/index.html",
            last=last,
            broken=sorted(broken, key=lambda line: -line.count),
            whole=[line for line in lines if not line.count and not line.failure],
            total=sum(line.count for line in lines),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        done = check(by=self.user, at=self.at)
        return self.done(
            f"Đã kiểm {done.invariants} điều trong {done.seconds:.1f} giây: {done.standing} sai lệch, "
            f"{done.fresh} mới thấy, {done.gone} đã hết.",
            "board:index",
        )

    def _lines(self, last: Check | None) -> list[Line]:
        seen = Finding.objects.visible_to(self.user, self.at).standing()
        counts = {
            code: (count, since)
            for code, count, since in seen.values_list("code").annotate(
                count=Count("id"), since=Min("found_at")
            )
        }
        owners = dict(Role.objects.values_list("code", "name"))
        failures = last.failures if last else {}
        return [
            Line(
                invariant,
                owners.get(invariant.owner, invariant.owner),
                *counts.get(invariant.code, (0, None)),
                failures.get(invariant.code, ""),
            )
            for invariant in INVARIANTS
        ]


class Findings(Page):
    """Những sai lệch của một điều, the oldest first."""

    permission = Permission.WATCH_INTEGRITY

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        invariant = BY_CODE.get(code)
        if invariant is None:
            raise self.missing("Không có điều phải đúng này.")
        standing = Finding.objects.visible_to(self.user, self.at).standing().of(code)
        moment, key = _mark(request.GET.get("sau", ""))
        found = list(standing.select_related("agency", "dossier").page_after(moment, key)[: SIZE + 1])
        rows = found[:SIZE]
        return self.render(
            "board/integrity/findings.html",
            invariant=invariant,
            owner=Role.objects.filter(code=invariant.owner).values_list("name", flat=True).first()
            or invariant.owner,
            rows=rows,
            total=standing.count(),
            next=f"{rows[-1].found_at.isoformat()}~{rows[-1].pk}" if len(found) > SIZE else "",
            is_later=key is not None,
            may_mend=invariant.remedy is not None and self.access.may(Permission.MEND_INTEGRITY),
            may_open=self.access.may(Permission.SEE),
        )


class Mending(Page):
    permission = Permission.MEND_INTEGRITY

    def post(self, request: HttpRequest, finding_id: UUID) -> HttpResponse:
        seen = Finding.objects.visible_to(self.user, self.at).filter(pk=finding_id).first()
        if seen is None:
            raise self.missing("Không có sai lệch này.")
        mended = mend(finding_id=seen.pk, by=self.user, at=self.at)
        return self.done(f"Đã sửa: {mended.label}.", "board:findings", mended.code)


def _mark(text: str) -> tuple[datetime | None, UUID | None]:
    moment, _, key = text.partition("~")
    try:
        read = datetime.fromisoformat(moment)
        return (read, UUID(key)) if read.tzinfo else (None, None)
    except ValueError:
        return None, None
