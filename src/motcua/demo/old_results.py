"""Số hóa kết quả cũ của xã đầu tiên: a campaign on its way, with results at every step of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO

from motcua.core.text import fold
from motcua.core.time import local_date
from motcua.demo.papers import scan
from motcua.demo.province import Province
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.recognising import CannotRead, Recognised
from motcua.foundation.identity.models import User
from motcua.service.holdings.models import Campaign, CampaignItem
from motcua.service.holdings.operations.campaigning import (
    CampaignIn,
    ItemIn,
    begin_item,
    open_campaign,
    plan_items,
)
from motcua.service.holdings.operations.digitising import add_page, confirm, finish_scan, read, seal, sign
from motcua.service.holdings.operations.revising import Measure, change_campaign, strike_item
from motcua.service.procedures.models import Procedure

TITLE = "Giấy khai sinh"
# number, name, birth, personal number, day of issue
ROWS = (
    ("12/2003", "Nguyễn Thị Xuân", "05/03/2003", "033303001122", date(2003, 3, 20)),
    ("15/2003", "Lê Văn Hải", "17/03/2003", "033203002233", date(2003, 4, 2)),
    ("21/2003", "Trần Thị Mơ", "1936", "", date(2003, 5, 12)),
    ("27/2003", "Phạm Quang Vinh", "02/06/2003", "033203003344", date(2003, 6, 10)),
    ("31/2003", "Đỗ Thị Hạnh", "21/06/2003", "", date(2003, 7, 1)),
    ("33/2003", "Vũ Đình Trọng", "30/06/2003", "033203004455", date(2003, 7, 8)),
    ("40/2003", "Bùi Thị Lụa", "11/08/2003", "033303005566", date(2003, 8, 20)),
    ("02/2004", "Hoàng Minh Đức", "09/01/2004", "033204006677", date(2004, 1, 15)),
    ("05/2004", "Ngô Thị Thắm", "1941", "", date(2004, 2, 3)),
    ("09/2004", "Đặng Văn Khôi", "28/02/2004", "033204007788", date(2004, 3, 5)),
)


def plan(made: Province, *, at: datetime) -> Campaign:
    """Mở đợt, ghi kế hoạch, số hóa một phần."""
    ward = made.communes[0]
    leader, officer = made.people(ward, "LEADER")[0], made.people(ward, "OFFICER")[0]
    keeper = made.people(ward, "RECORDS")[0]
    began, ends = at - timedelta(days=20), local_date(at) + timedelta(days=40)
    campaign = open_campaign(
        CampaignIn(
            agency=ward, name="Khai sinh 2003–2004", title=TITLE, year_from=2003, year_to=2004, target=24,
            decision="Kế hoạch số hóa kết quả hộ tịch của xã (minh họa)", responsible=officer,
            begins_on=local_date(began), ends_on=ends,
        ),
        by=leader, at=began,
    )  # fmt: skip
    items = [
        ItemIn(number=number, holder_name=name, birth=birth, personal_number=personal, issued_on=issued)
        for number, name, birth, personal, issued in ROWS
    ]
    plan_items(campaign_id=campaign.pk, items=items, by=officer, at=began + timedelta(hours=2))
    measure = Measure(
        target=30, ends_on=ends, responsible=officer,
        procedure=Procedure.objects.filter(name_folded__contains=fold("đăng ký khai sinh")).order_by("code").first(),
    )  # fmt: skip
    change_campaign(
        campaign_id=campaign.pk, given=measure, reason="Tìm thêm một sổ lưu của năm 2004", by=leader,
        at=began + timedelta(days=3),
    )  # fmt: skip
    rows = list(CampaignItem.objects.filter(campaign=campaign).order_by("pk"))
    for place, steps in enumerate((6, 6, 6, 5, 3, 2)):
        _walk(rows[place], steps, officer, keeper, at - timedelta(days=6 - place))
    strike_item(
        item_id=rows[6].pk, reason="Sổ lưu bị mối, không còn đọc được trang này", by=officer, at=at - timedelta(days=1)
    )  # fmt: skip
    return campaign


def _walk(item: CampaignItem, steps: int, officer: User, keeper: User, at: datetime) -> None:
    """So many steps of: pages, one file, letters, confirmed, signed, sealed and kept; one every five minutes."""
    moments = [at + timedelta(minutes=5 * step) for step in range(7)]
    begun = begin_item(item_id=item.pk, by=officer, at=moments[0])
    picture = BytesIO(scan(int(item.number[:2]) % 9))
    add_page(picture, digitisation_id=begun.pk, name=f"{item.number}.jpg", by=officer, at=moments[0])
    facts = PaperFacts(
        holder_id=item.holder_id, holder_name=item.holder_name, holder_birth_year=item.birth_year,
        paper_type_code="MAU.GKS", title=TITLE, abstract=TITLE, number=item.number, issued_on=item.issued_on,
        issuer=item.campaign.agency.name, valid_from=item.issued_on, validity_scope="Toàn quốc",
    )  # fmt: skip
    acts = (
        lambda at: finish_scan(digitisation_id=begun.pk, by=officer, at=at),
        lambda at: read(digitisation_id=begun.pk, at=at, recognise=_no_letters),
        lambda at: confirm(digitisation_id=begun.pk, facts=facts, by=officer, at=at),
        lambda at: sign(digitisation_id=begun.pk, by=officer, at=at),
        lambda at: seal(digitisation_id=begun.pk, by=keeper, at=at),
    )
    for act, moment in zip(acts[: steps - 1], moments[1:], strict=False):
        act(moment)


def _no_letters(content: bytes) -> Recognised:
    """The papers of the demo are drawn with lines in the place of letters: nothing to wait for."""
    raise CannotRead("Trang mẫu không có chữ. Hãy ghi dữ liệu theo giấy.")
