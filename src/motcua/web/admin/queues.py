"""Tổ chức hàng chờ của một Bộ phận Một cửa: lines, desks, the rule of calling, slots, and the keys of machines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from motcua.core.errors import DomainError
from motcua.core.text import sort_key
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import OneStopUnit
from motcua.foundation.org.querysets import valid_on
from motcua.service.procedures.models import Offering
from motcua.service.queueing.models import Desk, QueueField, QueueMachine, QueueRule, SlotRule
from motcua.service.queueing.operations import arranging
from motcua.service.queueing.operations.machines import make_machine, revoke_machine
from motcua.service.queueing.ordering import LineRule
from motcua.web.admin.base import AdminPage

NUMBER = "Viết một số."


class QueueAdminPage(AdminPage):
    abstract = True
    section = "admin:queues"
    permission = Permission.MANAGE_QUEUE

    def unit(self, unit_id: int) -> OneStopUnit:
        units = OneStopUnit.objects.valid_on(self.today).select_related("agency")
        found: OneStopUnit | None = units.filter(
            pk=unit_id, agency__in=self.access.agencies(Permission.MANAGE_QUEUE)
        ).first()
        if found is None:
            raise self.missing("Không có Bộ phận Một cửa này.")
        return found

    def lines(self, unit: OneStopUnit) -> list[QueueField]:
        return list(QueueField.objects.valid_on(self.today).filter(unit=unit))


class Queues(QueueAdminPage):
    """Các Bộ phận Một cửa, and how their queues are set up."""

    def get(self, request: HttpRequest) -> HttpResponse:
        units = OneStopUnit.objects.valid_on(self.today).filter(
            agency__in=self.access.agencies(Permission.MANAGE_QUEUE)
        )
        living = valid_on(self.today)
        lines = dict(
            QueueField.objects.filter(living).order_by().values_list("unit").annotate(number=Count("pk"))
        )
        desks = dict(Desk.objects.filter(living).order_by().values_list("unit").annotate(number=Count("pk")))
        rows = [(unit, lines.get(unit.pk, 0), desks.get(unit.pk, 0)) for unit in units]
        return self.render(
            "admin/queues/index.html", rows=sorted(rows, key=lambda row: sort_key(row[0].name))
        )


class QueueUnit(QueueAdminPage):
    """Một nơi."""

    def get(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        lines = self.lines(unit)
        slots: dict[UUID, list[SlotRule]] = {}
        for rule in SlotRule.objects.filter(field__in=lines).order_by("field", "valid_from"):
            slots.setdefault(rule.field_id, []).append(rule)
        desks = Desk.objects.valid_on(self.today).filter(unit=unit).prefetch_related("fields")
        return self.render(
            "admin/queues/show.html",
            unit=unit,
            lines=[(line, slots.get(line.pk, [])) for line in lines],
            desks=list(desks),
            rules=list(QueueRule.objects.filter(unit=unit).order_by("valid_from")),
            house=LineRule(),
            machines=list(QueueMachine.objects.filter(unit=unit).order_by("revoked_at", "name")),
            rights=dict(QueueMachine.Right.choices),
        )


class NewField(QueueAdminPage):
    """Lập lĩnh vực lấy số."""

    def get(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        return self.render("admin/queues/field.html", unit=unit, subjects=self.subjects(unit))

    def post(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        reader = self.read()
        name = reader.text("name", required="Hãy nhập tên lĩnh vực.", longest=120)
        prefix = reader.text("prefix", required="Hãy nhập chữ đầu của số.", longest=2)
        subjects = reader.several("subjects", [value for value, _ in self.subjects(unit)])
        reader.check()
        arranging.set_field(
            unit=unit, name=name, prefix=prefix, subjects=subjects, position=len(self.lines(unit)) + 1,
            valid_from=self.today, by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(f"Đã lập lĩnh vực {name}.", "admin:queue", unit.pk)

    def subjects(self, unit: OneStopUnit) -> list[tuple[str, str]]:
        """The fields of procedures received here that no line names yet."""
        offered = Offering.objects.received_at(unit.agency_id, self.today)
        named = {one for line in self.lines(unit) for one in line.subjects}
        fields = set(offered.order_by().values_list("procedure__current__field", flat=True).distinct())
        return [(one, one) for one in sorted(fields - named, key=sort_key) if one]


class DeskEdit(QueueAdminPage):
    """Lập quầy, or change what a desk serves (the number says which)."""

    def get(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        number = request.GET.get("so", "")
        living = Desk.objects.valid_on(self.today).filter(unit=unit)
        desk = living.filter(number=int(number)).first() if number.isdecimal() and len(number) < 4 else None
        return self.render(
            "admin/queues/desk.html",
            unit=unit,
            desk=desk,
            lines_list=[(str(line.pk), f"{line.prefix} – {line.name}") for line in self.lines(unit)],
            chosen=[str(key) for key in desk.fields.values_list("pk", flat=True)] if desk else [],
        )

    def post(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        reader = self.read()
        lines = {str(line.pk): line for line in self.lines(unit)}
        number = reader.integer("number", required="Hãy nhập số quầy.", least=1, most=999)
        name = reader.text("name", longest=120)
        chosen = reader.several("fields", list(lines), required="Hãy chọn ít nhất một lĩnh vực.")
        reader.check()
        desk = arranging.set_desk(
            unit=unit, number=number or 0, name=name, fields=[lines[key] for key in chosen], valid_from=self.today,
            by=self.user, at=self.at,
        )  # fmt: skip
        return self.done(f"Đã lưu {desk}.", "admin:queue", unit.pk)


class RuleEdit(QueueAdminPage):
    """Đặt luật gọi số, from tomorrow on."""

    def get(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        rule = QueueRule.objects.filter(unit=unit).order_by("-valid_from").first()
        return self.render(
            "admin/queues/rule.html",
            unit=unit,
            rule=rule.as_rule() if rule else LineRule(),
            first_day=self.today + timedelta(days=1),
        )

    def post(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        reader = self.read()
        names = ("normal_per_priority", "longest_wait_minutes", "early_minutes", "late_minutes")
        given = {name: reader.integer(name, required=NUMBER) or 0 for name in names}
        reader.check()
        rule = arranging.set_rule(
            unit=unit, valid_from=arranging.first_day_for_rules(self.at), by=self.user, at=self.at, **given
        )
        return self.done(f"Luật gọi số mới áp dụng từ {rule.valid_from:%d/%m/%Y}.", "admin:queue", unit.pk)


class SlotsEdit(QueueAdminPage):
    """Đặt khung giờ hẹn của một lĩnh vực, from tomorrow on."""

    def line(self, unit: OneStopUnit, field_id: UUID) -> QueueField:
        line = next((one for one in self.lines(unit) if one.pk == field_id), None)
        if line is None:
            raise self.missing("Không có lĩnh vực này.")
        return line

    def get(self, request: HttpRequest, unit_id: int, field_id: UUID) -> HttpResponse:
        unit = self.unit(unit_id)
        line = self.line(unit, field_id)
        return self.render(
            "admin/queues/slots.html",
            unit=unit,
            line=line,
            rule=SlotRule.objects.filter(field=line).order_by("-valid_from").first(),
            first_day=self.today + timedelta(days=1),
        )

    def post(self, request: HttpRequest, unit_id: int, field_id: UUID) -> HttpResponse:
        unit = self.unit(unit_id)
        line = self.line(unit, field_id)
        reader = self.read()
        names = ("minutes", "capacity", "days_ahead", "notice_minutes")
        given = {name: reader.integer(name, required=NUMBER) or 0 for name in names}
        reader.check()
        rule = arranging.set_slots(
            field=line, valid_from=arranging.first_day_for_rules(self.at), by=self.user, at=self.at, **given
        )
        return self.done(f"Khung giờ hẹn mới áp dụng từ {rule.valid_from:%d/%m/%Y}.", "admin:queue", unit.pk)


class NewMachine(QueueAdminPage):
    """Cấp khóa cho máy; the key is shown on the page that answers, once."""

    def get(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        return self.render(
            "admin/queues/machine.html", unit=self.unit(unit_id), rights=list(QueueMachine.Right.choices)
        )

    def post(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = self.unit(unit_id)
        reader = self.read()
        name = reader.text("name", required="Hãy đặt tên cho máy.", longest=120)
        rights = reader.several(
            "rights", QueueMachine.Right.values, required="Hãy chọn ít nhất một quyền của máy."
        )
        reader.check()
        machine, key = make_machine(unit=unit, name=name, rights=rights, by=self.user, at=self.at)
        response = self.render("admin/queues/key.html", unit=unit, machine=machine, key=key)
        response["Cache-Control"] = "no-store"
        return response


class Ending(QueueAdminPage):
    """Thôi một lĩnh vực, một quầy; thu hồi khóa của một máy."""

    def post(self, request: HttpRequest, unit_id: int, kind: str, row_id: UUID) -> HttpResponse:
        unit = self.unit(unit_id)
        model: Any = {"linh-vuc": QueueField, "quay": Desk, "may": QueueMachine}.get(kind)
        if model is None or not model.objects.filter(Q(pk=row_id), unit=unit).exists():
            raise self.missing("Không có mục này.")
        if kind == "linh-vuc":
            field = arranging.end_field(field_id=row_id, by=self.user, at=self.at)
            said = f"Lĩnh vực {field.name} thôi lấy số sau hôm nay."
        elif kind == "quay":
            said = f"{arranging.end_desk(desk_id=row_id, by=self.user, at=self.at)} thôi dùng sau hôm nay."
        else:
            machine = revoke_machine(machine_id=row_id, by=self.user, at=self.at)
            said = f"Đã thu hồi khóa của {machine.name}."
        return self.done(said, "admin:queue", unit.pk)

    def again(self, refusal: DomainError, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.go("admin:queue", kwargs["unit_id"])
