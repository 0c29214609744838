"""Liên thông, phi địa giới, ngành dọc của tỉnh mẫu: the two groups of NĐ 63/2024, a list, seats, an entrustment."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from motcua.core.time import local_date
from motcua.demo.province import BEGINNING, Province
from motcua.foundation.calendars.clock import Limit, Unit
from motcua.foundation.org.operations.seats import seat
from motcua.service.linking.models import LinkedGroup, LinkedPart
from motcua.service.linking.operations.defining import LinkDraft, PartDraft, draft_group, publish_group
from motcua.service.procedures.models import Offering, Procedure
from motcua.service.procedures.operations.entrusting import entrust
from motcua.service.procedures.operations.listing import list_boundary_free
from motcua.service.procedures.operations.offering import offer

BIRTH, RESIDENCE, CARD = "1.001193", "1.004222", "1.001939"
DEATH, REMOVAL, FUNERAL = "1.000656", "1.003197", "1.001731"
LISTED = ("2.000635", "1.004873", "1.001193", "1.000656", "1.004194")
ENTRUSTED = "1.003984"
BASIS = "63/2024/NĐ-CP"
NAMED = LinkedPart.Settling.NAMED


def link_up(made: Province, *, at: datetime, until: datetime) -> list[LinkedGroup]:
    """Everything of the demo that reaches across agencies; returns the groups."""
    _seat_vertical(made, at)
    _list_boundary_free(at)
    groups = [_birth_group(made, at), _death_group(made, at)]
    _entrust(made, until)
    return groups


def _seat_vertical(made: Province, at: datetime) -> None:
    for word, mode in (("POLICE", "SENT_STAFF"), ("INSURANCE", "OWN_COUNTER")):
        seat(
            agency=made.departments[word], centre=made.centre, mode=mode, valid_from=BEGINNING,
            decision="Văn bản phối hợp của tỉnh mẫu", by=None, at=at,
        )  # fmt: skip
    offer(
        procedure=_procedure(RESIDENCE), agency=made.departments["POLICE"], receiving_agency=made.centre,
        unit=made.units[made.centre.pk], by=None, at=at, valid_from=BEGINNING,
    )  # fmt: skip


def _list_boundary_free(at: datetime) -> None:
    for code in LISTED:
        list_boundary_free(
            procedure=_procedure(code), scope="PROVINCE", decision="Quyết định công bố danh mục của tỉnh mẫu", by=None,
            at=at, valid_from=BEGINNING,
        )  # fmt: skip


def _birth_group(made: Province, at: datetime) -> LinkedGroup:
    """Khai sinh, thường trú, thẻ bảo hiểm y tế cho trẻ dưới 6 tuổi. Legal: ND63-2024"""
    return _group(
        made, at, "LT-KHAISINH", "Khai sinh, thường trú, thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi",
        parts=[
            PartDraft("khai-sinh", _procedure(BIRTH)),
            PartDraft("thuong-tru", _procedure(RESIDENCE), NAMED, made.departments["POLICE"], limit=_days(1)),
            PartDraft("the-bao-hiem", _procedure(CARD), NAMED, made.departments["INSURANCE"], limit=_days(2)),
        ],
        links=[
            LinkDraft("khai-sinh", "thuong-tru", "Giấy khai sinh", "Giấy tờ chứng minh quan hệ gia đình"),
            LinkDraft(
                "khai-sinh", "the-bao-hiem", "Giấy khai sinh", "Giấy khai sinh hoặc Giấy chứng sinh của trẻ dưới 6 tuổi"
            ),
        ],
    )  # fmt: skip


def _death_group(made: Province, at: datetime) -> LinkedGroup:
    """Khai tử, xóa đăng ký thường trú, hỗ trợ mai táng. Legal: ND63-2024"""
    return _group(
        made, at, "LT-KHAITU", "Khai tử, xóa đăng ký thường trú, hỗ trợ chi phí mai táng",
        parts=[
            PartDraft("khai-tu", _procedure(DEATH)),
            PartDraft("xoa-thuong-tru", _procedure(REMOVAL), LinkedPart.Settling.KIND, agency_kind="DEPARTMENT"),
            PartDraft("mai-tang", _procedure(FUNERAL)),
        ],
        links=[
            LinkDraft(
                "khai-tu", "xoa-thuong-tru", "Trích lục khai tử", "Giấy tờ chứng minh thuộc trường hợp xóa đăng ký"
            ),
            LinkDraft("khai-tu", "mai-tang", "Trích lục khai tử", "Trích lục khai tử"),
        ],
    )  # fmt: skip


def _group(
    made: Province, at: datetime, code: str, name: str, *, parts: list[PartDraft], links: list[LinkDraft]
) -> LinkedGroup:
    drafted = draft_group(
        code=code, name=name, basis=BASIS, mode=LinkedGroup.Mode.PARALLEL, parts=parts, links=links, limit=_days(3),
        starts_next_day_after_cutoff=True, valid_from=BEGINNING, by=made.controller, at=at,
    )  # fmt: skip
    return publish_group(group_id=drafted.pk, by=made.admin, at=at + timedelta(hours=1))


def _entrust(made: Province, until: datetime) -> None:
    """One decision that is to begin next month, so that the register and its preview have something to show."""
    first = local_date(until) + timedelta(days=30)
    if not Offering.objects.settled_by(made.departments["AGRICULTURE"].pk, first).exists():
        return
    entrust(
        kind="AUTHORISED", decision="18/QĐ-SNNMT", decided_on=local_date(until), giver=made.departments["AGRICULTURE"],
        receiver=made.communes[0], procedure_ids=[_procedure(ENTRUSTED).pk], valid_from=first,
        valid_to=first + timedelta(days=364), signature="TUQ. GIÁM ĐỐC SỞ", by=made.controller, at=until,
    )  # fmt: skip


def _procedure(code: str) -> Procedure:
    return Procedure.objects.get(code=code)


def _days(number: int) -> Limit:
    return Limit(Decimal(number), Unit.WORKING_DAY)
