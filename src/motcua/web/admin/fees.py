"""Mức thu: by procedure, with its history; a new one is seen as citizens will see it, and published by a second person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from motcua.core.errors import InvalidInput
from motcua.core.ids import as_key
from motcua.core.money import vnd
from motcua.core.text import fold
from motcua.foundation.identity.permissions import Permission
from motcua.service.payments.models import FeeRule, PayerGroup, RefundRule
from motcua.service.payments.operations import setting
from motcua.service.payments.rules import Rule, charge
from motcua.service.payments.states import DueKind, Occasion, TariffState
from motcua.service.procedures.models import Offering, Procedure
from motcua.web.admin.base import AdminPage, history, slice_of
from motcua.web.admin.linking import procedure_written
from motcua.web.ui.forms import Reader

KINDS = [(DueKind.FEE.value, DueKind.FEE.label), (DueKind.CHARGE.value, DueKind.CHARGE.label)]
OCCASIONS = [(one.value, one.label) for one in Occasion]
EVERYWHERE = "0"
TRIED_QUANTITIES = (1, 10)


@dataclass(frozen=True)
class Seen:
    """Người dân sẽ thấy gì: who, filing how, pays how much, and the words beside the sum."""

    who: str
    online: str
    counter: str


class FeePage(AdminPage):
    abstract = True
    section = "admin:fees"
    permission = Permission.MANAGE_PROCEDURES

    def rule(self, rule_id: UUID) -> FeeRule:
        seen = FeeRule.objects.visible_to(self.user, self.at).kept()
        found = seen.select_related(
            "procedure", "offering__agency", "offering__receiving_agency", "set_by", "published_by"
        ).filter(pk=rule_id)
        rule: FeeRule | None = found.prefetch_related("exemptions__group").first()
        if rule is None:
            raise self.missing("Không có mức thu này.")
        return rule


class Fees(FeePage):
    """Các mức thu: what waits for a second person first, then by procedure."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text, which = request.GET.get("q", "").strip(), request.GET.get("xem", "")
        kept = FeeRule.objects.visible_to(self.user, self.at).kept()
        kept = kept.select_related("procedure", "offering__receiving_agency", "set_by")
        rows = kept.filter(state=TariffState.PUBLISHED)
        if which == "cu":
            rows = rows.filter(valid_to__lt=self.today)
        else:
            rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=self.today))
        if text:
            rows = rows.filter(Q(procedure__name_folded__contains=fold(text)) | Q(procedure__code=text))
        return self.render(
            "admin/fees/index.html",
            q=text,
            which=which,
            drafts=list(kept.filter(state=TariffState.DRAFT).order_by("set_at")[:100]),
            page=slice_of(request, rows.order_by("procedure__name_folded", "name", "-valid_from", "pk")),
        )


class NewFee(FeePage):
    """Soạn mức thu; `?tu=` begins from a known one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        start = as_key(request.GET.get("tu", ""))
        source = self.rule(start) if start else None
        in_force = Procedure.objects.in_force(self.today).order_by("name_folded")
        return self.render(
            "admin/fees/edit.html",
            source=source,
            kinds=KINDS,
            occasions=OCCASIONS,
            procedure_names=[f"{one.name} ({one.code})" for one in in_force],
            groups=list(PayerGroup.objects.valid_on(self.today)),
            percents={one.group_id: one.percent_off for one in source.exemptions.all()} if source else {},
            agency_list=self.agency_names(self.access.agencies(Permission.MANAGE_PROCEDURES)),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        name = reader.text("procedure", required="Hãy chọn thủ tục.", longest=600)
        procedure = procedure_written(name) if name else None
        if name and procedure is None:
            reader.refuse("procedure", f"Không có thủ tục “{name}”. Hãy chọn trong danh sách gợi ý.")
        valid_from = reader.day("valid_from", required="Hãy ghi ngày bắt đầu áp dụng.")
        terms = self.terms(reader)
        exemptions = self.exemptions(reader)
        offering = self.offering(reader, procedure) if procedure else None
        reader.check()
        assert procedure is not None  # noqa: S101  checked
        assert valid_from is not None  # noqa: S101  checked
        rule = setting.draft_fee_rule(
            procedure=procedure, offering=offering, valid_from=valid_from, by=self.user, at=self.at,
            exemptions=exemptions, instead_of=as_key(request.POST.get("tu", "")), **terms,
        )  # fmt: skip
        return self.done("Đã soạn. Xem thử rồi nhờ người thứ hai ban hành.", "admin:fee", rule.pk)

    def terms(self, reader: Reader) -> dict[str, Any]:
        return {
            "occasion": reader.choice("occasion", [value for value, _ in OCCASIONS]) or Occasion.FILING,
            "kind": reader.choice("kind", [value for value, _ in KINDS], required="Chọn phí hoặc lệ phí."),
            "name": reader.text("name", required="Hãy ghi tên khoản thu như trong văn bản.", longest=200),
            "amount": reader.money("amount", required="Hãy ghi mức thu; không thu thì ghi 0.") or 0,
            "per": reader.text("per", longest=30),
            "answer": reader.text("answer", longest=80),
            "least": reader.money("least") or 0,
            "most": reader.money("most"),
            "online_percent_off": reader.integer("online_percent_off", least=0, most=100) or 0,
            "basis": reader.text("basis", required="Hãy ghi văn bản quy định mức thu.", longest=300),
        }

    def exemptions(self, reader: Reader) -> list[tuple[str, int]]:
        codes = PayerGroup.objects.valid_on(self.today).values_list("code", flat=True)
        told = [(code, reader.integer(f"group-{code}", least=1, most=100)) for code in codes]
        return [(code, percent) for code, percent in told if percent]

    def offering(self, reader: Reader, procedure: Procedure) -> Offering | None:
        """The place that the rule is for; none: everywhere."""
        agency = self.read_agency(reader, "agency")
        if agency is None:
            return None
        living = Offering.objects.in_force(self.today).filter(procedure=procedure, agency=agency)
        found: Offering | None = living.order_by("pk").first()
        if found is None:
            reader.refuse("agency", f"{agency.name} không giải quyết thủ tục này.")
        return found


class FeeShow(FeePage):
    """Một mức thu: what citizens will see, what went before, what is next."""

    def get(self, request: HttpRequest, rule_id: UUID) -> HttpResponse:
        rule = self.rule(rule_id)
        siblings = FeeRule.objects.filter(
            procedure=rule.procedure_id,
            offering=rule.offering_id,
            name=rule.name,
            state=TariffState.PUBLISHED,
        )
        return self.render(
            "admin/fees/show.html",
            rule=rule,
            seen=seen_by_citizens(rule.as_rule()),
            before=list(siblings.exclude(pk=rule.pk).order_by("-valid_from")[:20]),
            is_own=rule.set_by_id == self.user.pk,
            is_open=rule.valid_to is None or rule.valid_to >= self.today,
            history=history(rule.pk),
        )

    def post(self, request: HttpRequest, rule_id: UUID) -> HttpResponse:
        reader = self.read()
        act = reader.choice("act", ("publish", "drop", "end"), required="Hãy chọn việc.")
        reader.check()
        rule = self.rule(rule_id)
        if act == "publish":
            setting.publish_fee_rule(rule_id=rule.pk, by=self.user, at=self.at)
            return self.done(f"Đã ban hành, áp dụng từ {rule.valid_from:%d/%m/%Y}.", "admin:fee", rule.pk)
        if act == "drop":
            setting.drop_fee_rule(rule_id=rule.pk, by=self.user, at=self.at)
            return self.done("Đã bỏ bản soạn.", "admin:fees")
        last = reader.day("last_day", required="Hãy ghi ngày cuối cùng còn áp dụng.")
        reason = reader.text("reason", longest=300)
        reader.check()
        if last is None:
            raise InvalidInput({"last_day": "Hãy ghi ngày cuối cùng còn áp dụng."})
        setting.end_fee_rule(rule_id=rule.pk, last_day=last, reason=reason, by=self.user, at=self.at)
        return self.done(f"Thôi áp dụng sau ngày {last:%d/%m/%Y}.", "admin:fee", rule.pk)


class Groups(FeePage):
    """Diện miễn, giảm: who pays less, and by what paper they show it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("admin/fees/groups.html", groups=list(PayerGroup.objects.all()))

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        code = reader.text("code", required="Hãy ghi mã.", longest=20).upper()
        name, proof = reader.text("name", longest=150), reader.text("proof", longest=200)
        begins = reader.day("valid_from", required="Hãy ghi ngày.")
        reader.check()
        assert begins is not None  # noqa: S101  checked
        group = setting.set_payer_group(
            code=code, name=name, proof=proof, valid_from=begins, by=self.user, at=self.at
        )
        return self.done(f"Đã lưu diện “{group.name}”.", "admin:payer-groups")


class RefundRules(FeePage):
    """Quy định hoàn tiền: whether two people look at what the system asks for, and the day that is promised."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("admin/fees/refunds.html", rules=list(RefundRule.objects.all()))

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = self.read()
        begins = reader.day("valid_from", required="Hãy ghi ngày bắt đầu áp dụng.")
        days = reader.integer("promise_days", required="Hãy ghi số ngày.", least=1, most=90)
        basis = reader.text("basis", longest=300)
        reader.check()
        assert begins is not None  # noqa: S101  checked
        setting.set_refund_rule(
            valid_from=begins, needs_two=not reader.is_ticked("one_is_enough"), promise_days=days or 1, basis=basis,
            by=self.user, at=self.at,
        )  # fmt: skip
        return self.done("Đã đặt quy định hoàn tiền.", "admin:refund-rules")


def seen_by_citizens(rule: Rule) -> list[Seen]:
    """Người dân sẽ thấy gì, group by group; where it is counted, for one and for ten."""
    rows = []
    quantities = TRIED_QUANTITIES if rule.per else (1,)
    for group, name in [("", "Người nộp thường"), *((one.group, one.name) for one in rule.exemptions)]:
        for quantity in quantities:
            who = f"{name}, {quantity} {rule.per}" if rule.per else name
            told = [_told(rule, group, quantity, is_online=is_online) for is_online in (True, False)]
            rows.append(Seen(who, *told))
    return rows


def _told(rule: Rule, group: str, quantity: int, *, is_online: bool) -> str:
    one = charge(rule, quantity=quantity, groups=[group], is_online=is_online)
    return f"{vnd(one.amount)} ({one.reason})" if one.amount else one.reason
