"""Hai đồng hồ: the legal one promises, the index one measures; each named, and why they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from motcua.core.time import local, local_date
from motcua.foundation.calendars import clock
from motcua.foundation.calendars.clock import Happening, IndexVerdict, Limit, Line, Mark, SupplementRule, Unit
from motcua.foundation.calendars.clock.explaining import decimal
from motcua.foundation.calendars.loading import regime_named, work_calendar
from motcua.service.dossiers.history import answer_of, marks_of
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.states import ENDED_EARLY, WAITING
from motcua.service.procedures.models.parts import as_limit
from motcua.service.procedures.models.revision import Revision, known_revision
from motcua.service.workflows.timing import working_minutes

LEGAL, INDEX = "Đồng hồ pháp lý", "Đồng hồ chỉ số (QĐ 766)"
VERDICTS = {True: "đúng hạn", False: "quá hạn", None: "không kết luận"}
HAPPENED = {
    Happening.AGENCY_RECEIVED: "Cơ quan có thẩm quyền nhận hồ sơ",
    Happening.SUPPLEMENT_REQUESTED: "Yêu cầu bổ sung",
    Happening.SUPPLEMENT_COMPLETED: "Bổ sung đủ",
    Happening.SUPPLEMENT_GIVEN_UP: "Thôi chờ bổ sung",
    Happening.PAUSED: "Dừng tính thời hạn",
    Happening.RESUMED: "Tính tiếp thời hạn",
    Happening.EXTENDED: "Xin lỗi, hẹn lại",
    Happening.DECIDED: "Có kết quả",
    Happening.RETURNED: "Trả kết quả",
    Happening.REFUSED: "Từ chối",
    Happening.STOPPED: "Dừng giải quyết",
    Happening.WITHDRAWN: "Rút hồ sơ",
}
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Clocks:
    """Hai đồng hồ của một hồ sơ. `legal_verdict` None: nothing is promised, or the clock stands still."""

    code: str
    legal_verdict: bool | None
    legal: Facts
    lines: tuple[Line, ...]
    index_verdict: bool | None
    index: Facts
    marks: Facts
    why: str

    def as_text(self) -> Iterator[str]:
        """The same, line by line, for a terminal."""
        yield f"Hồ sơ {self.code}"
        yield ""
        yield f"{LEGAL}: {VERDICTS[self.legal_verdict]}"
        yield from (f"  {name}: {said}" for name, said in self.legal)
        yield "  Vì sao ngày này?"
        for line in self.lines:
            counted = f"+{decimal(line.counted)} = {decimal(line.running)}" if line.is_counted else ""
            yield f"    {line.when:<27} {counted:>12}  {line.reason}"
        yield ""
        yield f"{INDEX}: {VERDICTS[self.index_verdict]}"
        yield from (f"  {name}: {said}" for name, said in self.index)
        if self.marks:
            yield ""
            yield "Các mốc"
            yield from (f"  {when}  {what}" for what, when in self.marks)
        yield ""
        yield self.why


def clocks_of(dossier: Dossier, at: datetime) -> Clocks:
    """Hai đồng hồ lúc `at`, from the facts. Legal: ND118-2025 Đ17–Đ19; QD766-2022"""
    calendar = work_calendar(dossier.agency_id, local_date(dossier.received_at))
    marks = marks_of(dossier)
    answer = answer_of(dossier, calendar, marks)
    index = clock.index_verdict(
        dossier.received_at,
        dossier.first_due_at,
        marks,
        period_end=at,
        longest_limit=longest_limit(known_revision(dossier.revision_id)),
        calendar=calendar,
        regime=regime_named(dossier.regime),
    )
    legal = _legal_verdict(dossier, at)
    return Clocks(
        code=dossier.code,
        legal_verdict=legal,
        legal=_legal_facts(dossier),
        lines=answer.explanation,
        index_verdict=index.is_on_time,
        index=_index_facts(index, is_ended=bool(dossier.finished_at or dossier.closed_at)),
        marks=tuple((HAPPENED[mark.kind], _said(mark.at)) for mark in marks),
        why=_why(dossier, marks, legal, index),
    )


def longest_limit(revision: Revision) -> Limit:
    """Thời hạn dài nhất của thủ tục, over its ways and cases; without any number there is none."""
    limits = [channel.limit for channel in revision.channels.all()]
    limits += [as_limit(own) for channel in revision.channels.all() for own in channel.case_limits.all()]
    measured = [(minutes, limit) for limit in limits if (minutes := working_minutes(limit)) is not None]
    return max(measured, key=lambda pair: pair[0])[1] if measured else Limit(None, Unit.NONE)


def _legal_verdict(dossier: Dossier, at: datetime) -> bool | None:
    if dossier.due_at is None or dossier.state in WAITING | ENDED_EARLY:
        return None
    return (dossier.finished_at or at) <= dossier.due_at


def _legal_facts(dossier: Dossier) -> Facts:
    if dossier.state in WAITING:
        now = "đồng hồ đang dừng, chưa có ngày hẹn"
    elif dossier.state in ENDED_EARLY:
        now = "hồ sơ đã đóng, không còn hẹn trả"
    else:
        now = _said(dossier.due_at) if dossier.due_at else "không hẹn ngày"
    facts = [
        ("Chế độ pháp lý", regime_named(dossier.regime).name or dossier.regime),
        ("Thời hạn", str(dossier.limit)),
        ("Hẹn trả lần đầu", _said(dossier.first_due_at) if dossier.first_due_at else "không hẹn ngày"),
        ("Hẹn trả hiện nay", now),
        ("Ngày hẹn do công chức đặt", dossier.due_reason),
        ("Có kết quả", _said(dossier.finished_at) if dossier.finished_at else ""),
    ]
    return tuple((name, said) for name, said in facts if said)


def _index_facts(index: IndexVerdict, *, is_ended: bool) -> Facts:
    facts = [
        ("Lấy làm thời điểm kết thúc", _said(index.end_at)),
        (
            "So với hẹn trả lần đầu",
            _said(index.compared_with) if index.compared_with else "không có gì để so",
        ),
        (
            "Thời gian bổ sung đã trừ" if is_ended else "Thời gian chờ bổ sung, trừ khi hồ sơ kết thúc",
            _span(index.supplement_time) if index.supplement_time else "",
        ),
        ("Số lần yêu cầu bổ sung", str(index.requests) if index.requests else ""),
        ("Vì sao", f"{index.reason}."),
    ]
    return tuple((name, said) for name, said in facts if said)


def _why(dossier: Dossier, marks: Sequence[Mark], legal: bool | None, index: IndexVerdict) -> str:
    """One sentence: what makes the two differ, or that nothing does."""
    kinds = {mark.kind for mark in marks}
    causes = []
    if Happening.SUPPLEMENT_REQUESTED in kinds:
        restarts = regime_named(dossier.regime).supplement is SupplementRule.RESTART
        causes.append(
            "sau bổ sung đồng hồ pháp lý tính lại từ đầu, còn đồng hồ chỉ số so với ngày hẹn đầu tiên, "
            "và chỉ trừ thời gian chờ khi hồ sơ kết thúc"
            if restarts
            else "đồng hồ pháp lý dời ngày hẹn theo thời gian chờ bổ sung, còn đồng hồ chỉ số trừ thời gian ấy "
            "khỏi thời điểm kết thúc khi hồ sơ kết thúc"
        )
    if Happening.PAUSED in kinds:
        causes.append("đồng hồ pháp lý không tính thời gian tạm dừng, còn đồng hồ chỉ số vẫn tính")
    if Happening.EXTENDED in kinds:
        causes.append("đồng hồ pháp lý theo ngày hẹn lại, còn đồng hồ chỉ số theo ngày hẹn đầu tiên")
    if not causes and dossier.due_at != dossier.first_due_at:
        causes.append("ngày hẹn đã dời theo lịch làm việc, còn đồng hồ chỉ số theo ngày hẹn đầu tiên")
    if not causes:
        return "Hai đồng hồ cùng so với một ngày hẹn: hồ sơ chưa có bổ sung, tạm dừng hay hẹn lại."
    same = (
        "Hai đồng hồ cho cùng kết luận dù tính khác nhau"
        if legal == index.is_on_time
        else "Hai đồng hồ khác nhau"
    )
    return f"{same}: {'; '.join(causes)}."


def _said(at: datetime) -> str:
    return f"{local(at):%H:%M ngày %d/%m/%Y}"


def _span(time: timedelta) -> str:
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "ngày"), (hours, "giờ"), (minutes, "phút")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
