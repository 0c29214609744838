"""Thông báo: rules, quiet hours, prices, caps with what the month has cost, and wordings with a sample; all dated."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse

from motcua.foundation.identity.permissions import Permission
from motcua.foundation.notices.models import Notice, NoticeCap, NoticePrice, NoticeTemplate, QuietHours
from motcua.foundation.notices.operations import ruling
from motcua.foundation.notices.operations.choosing import month_of, worded
from motcua.foundation.notices.rules import PLACES, segments
from motcua.web.admin.base import AdminPage
from motcua.web.ui.forms import Reader

CHANNELS = [(channel.value, str(channel.label)) for channel in ruling.SENDING]
LONGEST = 1000


class Notices(AdminPage):
    """Quy tắc gửi thông báo."""

    section = "admin:notices"
    permission = Permission.CONTROL

    def get(self, request: HttpRequest) -> HttpResponse:
        rules = ruling.rules_on(self.today)
        names = dict(CHANNELS)
        return self.render(
            "admin/notices/index.html",
            rules=[(rule, " → ".join(names.get(one, one) for one in rule.channels)) for rule in rules],
            kinds=[(rule.kind, rule.name) for rule in rules if rule.kind],
            channels=CHANNELS,
            orders=[("", "Không"), *CHANNELS],
            places=", ".join(PLACES),
            quiet=QuietHours.objects.on(self.today).first(),
            prices=_latest(NoticePrice.objects.on(self.today), "channel"),
            caps=[(cap, self._spent(cap)) for cap in self._caps()],
            samples=[(template, *_sample(template)) for template in self._templates()],
            agencies=self.agency_names(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        self.require_everywhere(Permission.CONTROL)
        reader = self.read()
        acts = {
            "rule": self._put_rule,
            "quiet": self._put_quiet,
            "price": self._put_price,
            "cap": self._put_cap,
            "template": self._put_template,
        }
        act = reader.choice("act", list(acts), required="Hãy chọn việc cần làm.")
        first = reader.day(f"{act}_from", required="Hãy nhập ngày bắt đầu áp dụng.")
        reader.check()
        assert first is not None  # noqa: S101  checked
        acts[act](reader, first)
        return self.done(f"Đã đặt, áp dụng từ {first:%d/%m/%Y}.", "admin:notices")

    def _put_rule(self, reader: Reader, first: date) -> None:
        channels = [reader.text(f"channel{place}") for place in (1, 2, 3)]
        ruling.put_rule(
            kind=reader.text("kind"),
            channels=[channel for channel in channels if channel],
            is_urgent=reader.is_ticked("is_urgent"),
            is_obligatory=reader.is_ticked("is_obligatory"),
            valid_from=first,
            by=self.user,
            at=self.at,
        )

    def _put_quiet(self, reader: Reader, first: date) -> None:
        starts = reader.time("starts_at", required="Hãy nhập giờ bắt đầu.")
        ends = reader.time("ends_at", required="Hãy nhập giờ kết thúc.")
        reader.check()
        assert starts is not None  # noqa: S101  checked
        assert ends is not None  # noqa: S101  checked
        ruling.put_quiet_hours(starts_at=starts, ends_at=ends, valid_from=first, by=self.user, at=self.at)

    def _put_price(self, reader: Reader, first: date) -> None:
        amount = reader.money("price", required="Hãy nhập giá mỗi tin.")
        reader.check()
        assert amount is not None  # noqa: S101  checked
        ruling.put_price(
            channel=reader.text("channel"), amount=amount, valid_from=first, by=self.user, at=self.at
        )

    def _put_cap(self, reader: Reader, first: date) -> None:
        amount = reader.money("amount", required="Hãy nhập mức chi.")
        agency = self.read_agency(reader, "agency")
        email = reader.text("warn_email", longest=254)
        if email and not _is_email(email):
            reader.refuse("warn_email", "Địa chỉ thư chưa đúng, ví dụ ten@tinh.gov.vn.")
        reader.check()
        assert amount is not None  # noqa: S101  checked
        ruling.put_cap(
            agency=agency, amount=amount, warn_email=email, valid_from=first, by=self.user, at=self.at
        )

    def _put_template(self, reader: Reader, first: date) -> None:
        text = reader.paragraph("text", required="Hãy nhập lời gửi.", longest=LONGEST)
        reader.check()
        ruling.put_template(
            kind=reader.text("template_kind"),
            channel=reader.text("template_channel"),
            text=text,
            is_plain=reader.is_ticked("is_plain"),
            gateway_code=reader.text("gateway_code", longest=60),
            valid_from=first,
            by=self.user,
            at=self.at,
        )

    def _caps(self) -> list[NoticeCap]:
        return _latest(NoticeCap.objects.on(self.today).select_related("agency"), "agency_id")

    def _templates(self) -> list[NoticeTemplate]:
        return _latest(NoticeTemplate.objects.on(self.today), "kind", "channel")

    def _spent(self, cap: NoticeCap) -> int:
        since, until = month_of(self.at)
        return Notice.objects.spent(since=since, until=until, agency_id=cap.agency_id)


def _latest(rows: Any, *names: str) -> list[Any]:
    """Of rows in the order of their days, the first of each."""
    found: dict[tuple[Any, ...], Any] = {}
    for row in rows:
        found.setdefault(tuple(getattr(row, name) for name in names), row)
    return list(found.values())


def _sample(template: NoticeTemplate) -> tuple[str, Any]:
    """Xem thử: the wording filled in for a made-up dossier, and its length."""
    code = "H00.01-260302-0001"
    about = Notice(
        code=code,
        title=f"Hồ sơ {code} đã có kết quả",
        text=f"Hồ sơ {code} (Cấp bản sao trích lục) đã có kết quả. Mời bạn nhận tại Bộ phận Một cửa.",
    )
    text = worded(template.text, about, is_plain=template.is_plain)
    return text, segments(text)


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
