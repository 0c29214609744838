"""Nạp tỉnh mẫu: agencies, people, procedures, workflows and a year of dossiers, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction

from motcua.core.errors import DomainError
from motcua.core.time import VIETNAM, now
from motcua.demo import (
    catalogue,
    certified,
    citizens,
    eforms,
    finding,
    forms,
    holdings,
    linked,
    old_results,
    paying,
    posting,
    province,
    queue,
    signing,
)
from motcua.demo.branching import BRANCHED, permit_blueprint
from motcua.demo.replay import Replay
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.operations.lasting import learn_usual_times
from motcua.service.procedures.models import Offering
from motcua.service.procedures.operations.offering import offer
from motcua.service.workflows.operations.drafting import draft
from motcua.service.workflows.operations.publishing import limits, publish
from motcua.service.workflows.templates import short_blueprint, standard_blueprint

DOSSIERS = 300
COUNTER_AUTHORITY = "Văn bản giao công chức Một cửa giải quyết ngay của tỉnh mẫu"


class NotADemo(DomainError):
    """Không phải bản minh họa."""


def load(progress: Callable[[str], None], *, dossiers: int = DOSSIERS, until: datetime | None = None) -> bool:
    """Nạp tỉnh mẫu into an empty database; True when it was loaded, False when there was something already.

    All or nothing: an interrupted load leaves the database empty. Raises NotADemo outside a demo.
    """
    if not settings.DEMO:
        raise NotADemo("Chỉ nạp được tỉnh mẫu khi MOTCUA_DEMO=1.")
    if Agency.objects.exists():
        return False
    beginning = datetime.combine(province.BEGINNING, time(8), VIETNAM)
    with transaction.atomic():
        progress("Lập tỉnh mẫu: cơ quan, vị trí, con người…")
        made = province.found(at=beginning)
        progress("Công bố thủ tục, ban hành quy trình nội bộ…")
        offerings = _publish(made, beginning)
        finding.load(by=None, at=beginning)
        forms.found(made, at=beginning, valid_from=province.BEGINNING)
        eforms.found(made, at=beginning, valid_from=province.BEGINNING)
        paying.found(made, offerings, at=beginning, valid_from=province.BEGINNING)
        posting.found(at=beginning, valid_from=province.BEGINNING)
        moment = until or now()
        groups = linked.link_up(made, at=beginning, until=moment)
        queue.arrange(made, beginning)
        if dossiers:
            progress(f"Diễn lại một năm với {dossiers} hồ sơ…")
            replay = Replay(made, offerings, moment, groups=groups)
            for received in replay.run(dossiers):
                if received % 50 == 0:
                    progress(f"  đã tiếp nhận {received} hồ sơ")
            progress("Diễn lại những ngày gần đây của hàng chờ, đặt lịch hẹn…")
            queue.Hall(made, until or now()).run()
            learn_usual_times(moment)
            paying.owe(made, at=moment)
        progress("Cấp chứng thư số minh họa, mở khóa phát hành kết quả…")
        equipped = datetime.combine(citizens.first_day(moment), time(7), VIETNAM)
        signing.equip(made, equipped)
        progress("Lập danh mục giấy tờ, xếp loại giấy trong kho…")
        holdings.fill(since=province.BEGINNING, at=moment)
        old_results.plan(made, at=moment)
        if dossiers:
            progress("Mời công dân mẫu: hồ sơ, giấy tờ, khoản phải nộp của họ…")
            if citizens.settle(made, offerings, until=moment):
                certified.settle(made, offerings, citizens.days_of(moment))
    progress("Tỉnh mẫu đã sẵn sàng.")
    return True


def _publish(made: province.Province, at: datetime) -> list[Offering]:
    """The catalogue in force, a workflow for each procedure, and where each is handed in."""
    offerings = []
    for entry, published in catalogue.load(by=None, at=at, valid_from=province.BEGINNING):
        procedure = published.procedure
        longest = max(limits(procedure.pk), default=None)
        is_communal = entry.settled_by == "COMMUNE"
        blueprint = short_blueprint(longest) if is_communal else standard_blueprint(longest)
        if procedure.code == BRANCHED:
            blueprint = permit_blueprint(longest, made)
        drafted = draft(
            procedure_id=procedure.pk, agency_id=None, blueprint=blueprint, by=made.controller, at=at
        )
        publish(
            workflow_id=drafted.pk,
            by=made.admin,
            at=at + timedelta(hours=1),
            valid_from=province.BEGINNING,
            decision="Quyết định phê duyệt quy trình nội bộ của tỉnh mẫu",
        )
        settling = made.communes if is_communal else [made.departments[entry.settled_by]]
        for agency in settling:
            receiving = made.centres.get(agency.pk, made.centre)
            at_once = entry.facts.needs_no_receipt and is_communal
            offerings.append(
                offer(
                    procedure=procedure,
                    agency=agency,
                    receiving_agency=receiving,
                    unit=made.units[receiving.pk],
                    by=None,
                    at=at,
                    valid_from=province.BEGINNING,
                    counter_authority=COUNTER_AUTHORITY if at_once else "",
                )
            )
    return offerings
