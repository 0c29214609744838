"""Công dân mẫu: what the people of the sign-in simulator find when they come in, made by the acts of a real fortnight.

One person with a dossier of each kind, a neighbour who acts for others, and a co-operative that both may act for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from uuid import UUID, uuid5

from motcua.core.time import VIETNAM, local_date
from motcua.demo.papers import scan
from motcua.demo.paying import BASIS
from motcua.demo.province import Province
from motcua.demo.walking import issue_signed, walk_to
from motcua.foundation.calendars.loading import work_calendar
from motcua.foundation.citizens.models import CitizenAccount, CitizenLink
from motcua.foundation.citizens.operations.acting import name_representative
from motcua.foundation.citizens.operations.mandates import give_on_line
from motcua.foundation.citizens.operations.signing_in import sign_in
from motcua.foundation.documents.metadata import PaperFacts
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.models import User
from motcua.integrations.sign_in.contract import read
from motcua.integrations.sign_in.models import SignInProvider
from motcua.integrations.sign_in.operations.providers import seed_simulated_providers
from motcua.integrations.sign_in.simulator.people import person_named
from motcua.service.dossiers.models import Channel, Dossier
from motcua.service.dossiers.operations.returning import return_result
from motcua.service.dossiers.operations.supplementing import ItemIn, ask_supplement
from motcua.service.dossiers.operations.talking import write_to_applicant, write_to_office
from motcua.service.filing.declared import form_of
from motcua.service.filing.models import Draft, Filing
from motcua.service.filing.operations.answering import accept
from motcua.service.filing.operations.drafting import (
    as_input,
    begin_draft,
    keep_file,
    papers_of,
    save_person,
    save_return,
    save_step,
    typed_of,
)
from motcua.service.filing.operations.finishing import submit_draft
from motcua.service.forms.operations.answering import begin, save_page
from motcua.service.holdings.models import PaperType
from motcua.service.holdings.operations.keeping import PaperIn, keep
from motcua.service.payments.gateways import Told
from motcua.service.payments.models import Due, PaymentChannel
from motcua.service.payments.operations.hearing import hear
from motcua.service.payments.operations.paying import open_payment
from motcua.service.payments.operations.setting import set_fee_rule
from motcua.service.payments.states import Verdict
from motcua.service.postal.models import Carrier
from motcua.service.postal.operations.carrying import hand_over
from motcua.service.postal.operations.ordering import order
from motcua.service.postal.places import place_of_applicant, place_of_unit
from motcua.service.postal.states import Direction
from motcua.service.procedures.models import Offering
from motcua.service.workflows.blueprint import StepKind

POSTAGE = 22_000  # what the simulated Viettel Post asks for a letter within the province
VNEID, VNCONNECT = "mo-phong-vneid", "mo-phong-vnconnect"
HOME = "Số 12, tổ dân phố An Thịnh"
PHONES = {"an": "0912000101", "binh": "0912000102", "tc-mau": "02213868108"}
DAYS = 12  # working days that all of it takes
KEYS = UUID("6f1d2c50-0f7e-5c1f-9d5e-2d2b8f0a7c11")
PAVEMENT, PLANNING, PERMIT, DIPLOMA = "1.013274", "1.014159", "1.013227", "1.005092"
RESIDENCE, SHOP, VETERINARY, ENVIRONMENT = "1.004222", "2.000720", "1.001686", "1.010727"
TOO_LITTLE = "Ghi rõ chiều rộng vỉa hè còn lại cho người đi bộ, rồi chụp lại."
DEVICE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def first_day(until: datetime) -> date:
    """The working day on which the citizens' fortnight begins: certificates must be good from then on."""
    return days_of(until)[0]


def settle(made: Province, offerings: Sequence[Offering], *, until: datetime) -> bool:
    """Cho công dân mẫu một cuộc sống, once: whoever has it already keeps it; False."""
    seed_simulated_providers()
    if CitizenLink.objects.filter(subject="mp-an").exists():
        return False
    Town(made, offerings, days_of(until)).live()
    return True


def days_of(until: datetime) -> list[date]:
    calendar = work_calendar(None, local_date(until))
    before = (local_date(until) - timedelta(days=step) for step in range(1, 60))
    return [day for day in before if calendar.is_working(day)][DAYS - 1 :: -1]


@dataclass
class Town:
    """Phường của công dân mẫu, and the days that its story takes, the first one first."""

    province: Province
    offerings: Sequence[Offering]
    days: Sequence[date]

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(self.days[day], time(hour, minute), VIETNAM)

    def live(self) -> None:
        an = self._account(VNEID, "an", self.at(0, 7, 50))
        binh = self._account(VNEID, "binh", self.at(0, 8, 5))
        firm = self._account(VNCONNECT, "tc-mau", self.at(0, 8, 15))
        self._fees()
        self._held(an)
        self._told_result(an)
        self._supplement(an)
        self._paid(an)
        self._by_post(an)
        self._half_done(an)
        self._owing(binh)
        self._of_firm(firm, an, binh)
        self._mandate(an, binh)

    # Who

    @staticmethod
    def _account(provider: str, key: str, at: datetime) -> CitizenAccount:
        """Comes in for the first time, and says where they live."""
        found = SignInProvider.objects.get(pk=provider)
        person = person_named(found.dialect, key)
        assert person is not None  # noqa: S101  one of the simulator's own
        said = {**person.claims, "SoDienThoai": PHONES[key]}
        return sign_in(read(found, said), at=at, agreed=True, user_agent=DEVICE).session.account

    def _clerk(self, offering: Offering) -> User:
        return self.province.people(offering.receiving_agency, "CLERK")[0]

    def _offering(self, code: str) -> Offering:
        """Of the first commune, or of the one department that settles it."""
        return next(one for one in self.offerings if one.procedure.code == code)

    # What

    def _draft(self, account: CitizenAccount, code: str, at: datetime, case: int | None = None) -> Draft:
        key = uuid5(KEYS, f"{account.pk} {code}")
        draft = begin_draft(
            draft_id=key, offering=self._offering(code), account_id=account.pk, applicant=account.applicant, at=at,
            case_id=case,
        )  # fmt: skip
        typed = {**typed_of(account.applicant), "phone": account.phone, "street": HOME}
        typed |= {"province_code": "33", "ward_code": self.province.communes[0].place_code}
        return save_person(draft_id=draft.pk, owner=as_input(typed), at=at + timedelta(minutes=2))

    def _filed(
        self,
        account: CitizenAccount,
        code: str,
        at: datetime,
        *,
        back: str = Channel.ONLINE,
        case: int | None = None,
    ) -> Filing:
        """Nộp trực tuyến: each paper photographed."""
        draft = self._draft(account, code, at, case)
        for place, paper in enumerate(papers_of(draft), start=1):
            if paper.is_required:
                photo, moment = BytesIO(scan(place)), at + timedelta(minutes=3 + place)
                keep_file(
                    draft_id=draft.pk, paper_id=paper.pk, upload=photo, name=f"Ảnh {place}.jpg", at=moment
                )
        address = f"{HOME}, phường Phố Hiến, tỉnh Hưng Yên" if back == Channel.POST else ""
        save_return(draft_id=draft.pk, channel=back, address=address, at=at + timedelta(minutes=12))
        return submit_draft(draft_id=draft.pk, account_id=account.pk, at=at + timedelta(minutes=14))

    def _received(self, filing: Filing, at: datetime) -> Dossier:
        return accept(filing_id=filing.pk, by=self._clerk(filing.offering), at=at)

    def _told_result(self, an: CitizenAccount) -> None:
        """Đã xong: asked once, answered, signed digitally, received on line."""
        dossier = self._received(self._filed(an, PLANNING, self.at(0, 9)), self.at(0, 10))
        write_to_office(
            dossier_id=dossier.pk, account_id=an.pk, at=self.at(1, 20),
            text="Cho tôi hỏi thửa số 112 có nằm trong phạm vi mở đường Tô Hiệu không?",
        )  # fmt: skip
        officer = walk_to(dossier, StepKind.WORK, self.at(1, 9))
        write_to_applicant(
            dossier_id=dossier.pk, asks=False, by=officer, at=self.at(2, 9),
            text="Thửa đất số 112 không nằm trong phạm vi mở đường. Nội dung này được ghi rõ trong văn bản trả lời.",
        )  # fmt: skip
        words = "Thửa đất số 112, tờ bản đồ số 15 thuộc đất ở hiện trạng, ngoài chỉ giới mở đường Tô Hiệu."
        issued = issue_signed(
            dossier, "VĂN BẢN CUNG CẤP THÔNG TIN QUY HOẠCH", words, "27/TTQH", self.at(2, 10)
        )
        return_result(dossier_id=issued.pk, by=self._clerk(self._offering(PLANNING)), at=self.at(3, 9))

    def _supplement(self, an: CitizenAccount) -> None:
        """Chờ bổ sung: one paper is to be mended."""
        dossier = self._received(self._filed(an, PAVEMENT, self.at(6, 19)), self.at(7, 8))
        officer = walk_to(dossier, StepKind.WORK, self.at(7, 9))
        fine, *others = dossier.parts.order_by("position")
        ask_supplement(
            dossier_id=dossier.pk, by=officer, at=self.at(9, 10), contact_name=officer.full_name,
            contact_phone=dossier.reception_agency.phone, reason="Chưa đủ căn cứ để xác định phần vỉa hè sử dụng.",
            items=[ItemIn("FINE", part_id=fine.pk), *[ItemIn("MEND", TOO_LITTLE, one.pk) for one in others]],
        )  # fmt: skip

    def _paid(self, an: CitizenAccount) -> None:
        """Đã nộp tiền bằng mã QR; the office asks something, and waits for the answer."""
        filing = self._filed(an, PERMIT, self.at(8, 8))
        self._pay(filing, self.at(8, 8, 20))
        dossier = self._received(filing, self.at(8, 9))
        officer = walk_to(dossier, StepKind.WORK, self.at(9, 9))
        write_to_applicant(
            dossier_id=dossier.pk, asks=True, by=officer, at=self.at(10, 14),
            text="Công trình dự kiến khởi công vào tháng nào? Bạn trả lời giúp ngay tại trang này.",
        )  # fmt: skip

    @staticmethod
    def _pay(filing: Filing, at: datetime) -> None:
        for due in Due.objects.of(filing.dossier_key).open():
            channel = PaymentChannel.objects.get(agency=due.collector, adapter="vietqr")
            opened = open_payment(due_id=due.pk, channel_id=channel.pk, at=at).payment
            told = Told(opened.reference, Verdict.PAID, due.amount, f"FT{opened.reference[-10:]}")
            hear(channel=channel, told=told, source="CALLBACK", at=at + timedelta(minutes=3))

    def _by_post(self, an: CitizenAccount) -> None:
        """Kết quả đang trên đường: ordered, handed to the post."""
        filing = self._filed(an, DIPLOMA, self.at(7, 20), back=Channel.POST)
        dossier = self._received(filing, self.at(8, 9))
        words = "Bản sao từ sổ gốc: bằng tốt nghiệp trung học phổ thông, khóa thi ngày 02/6/2006."
        dossier = issue_signed(dossier, "BẢN SAO BẰNG TỐT NGHIỆP", words, "311/BS", self.at(8, 14))
        clerk, at = self._clerk(filing.offering), self.at(9, 15)
        carrier = Carrier.objects.get(code="VIETTEL")
        sender, receiver = (
            place_of_unit(dossier.reception_agency, local_date(at)),
            place_of_applicant(dossier),
        )
        parcel = order(
            key=uuid5(KEYS, str(dossier.pk)), dossier_id=dossier.pk, direction=Direction.RETURN, carrier_id=carrier.pk,
            sender=sender, receiver=receiver, weight=100, price=POSTAGE, by=clerk, at=at,
        )  # fmt: skip
        hand_over(shipment_ids=[parcel.pk], by=clerk, at=at + timedelta(hours=1), postman="Đỗ Văn Thư")

    def _half_done(self, an: CitizenAccount) -> None:
        """Bản nháp làm dở: the first page of its form is filled in."""
        case = self._offering(RESIDENCE).revision_on(self.days[-1]).cases[0]
        at = self.at(10, 20)
        draft = self._draft(an, RESIDENCE, at, case.pk)
        version = form_of(draft, at)
        assert version is not None  # noqa: S101  one of the demo's forms
        known = {"account.name": an.name, "account.personal_number": an.applicant.personal_number}
        begin(
            subject_id=draft.dossier_key, version=version, by=an.pk, at=at,
            known={**known, "account.phone": an.phone},
        )  # fmt: skip
        home = {"form": "NEW", "province": "33", "ward": self.province.communes[0].place_code, "detail": HOME}
        save_page(
            subject_id=draft.dossier_key, page="nguoi_khai", count=0, by=an.pk, at=at + timedelta(minutes=6),
            given={"gender": "NAM", "born": "1988-05-20", "requester_home": home},
        )  # fmt: skip
        save_step(draft_id=draft.pk, step="to-khai", at=at + timedelta(minutes=7))

    def _owing(self, binh: CitizenAccount) -> None:
        """Còn phải nộp tiền."""
        revision = self._offering(SHOP).revision_on(self.days[-1])
        filing = self._filed(binh, SHOP, self.at(9, 19), case=revision.cases[0].pk)
        walk_to(self._received(filing, self.at(10, 8)), StepKind.WORK, self.at(10, 9))

    def _of_firm(self, firm: CitizenAccount, an: CitizenAccount, binh: CitizenAccount) -> None:
        """Hai hồ sơ của hợp tác xã, and one more who may act for it."""
        name_representative(
            firm, name=binh.name, personal_number=binh.applicant.personal_number, title="Nhân viên hồ sơ", by=an,
            at=self.at(1, 8),
        )  # fmt: skip
        first = self._received(self._filed(firm, VETERINARY, self.at(7, 14)), self.at(7, 15))
        walk_to(first, StepKind.REVIEW, self.at(8, 9))
        self._received(self._filed(firm, ENVIRONMENT, self.at(10, 14)), self.at(10, 16))

    def _mandate(self, an: CitizenAccount, binh: CitizenAccount) -> None:
        """Ủy quyền: the neighbour may renew the papers of the house."""
        day = self.days[4]
        give_on_line(
            an, agent_name=binh.name, agent_number=binh.applicant.personal_number, valid_from=day,
            valid_to=day + timedelta(days=180), procedures=[PERMIT, PLANNING], by=an, at=self.at(4, 8),
            key=uuid5(KEYS, "mandate"),
        )  # fmt: skip

    # What stands already

    def _fees(self) -> None:
        for code, name, amount in (
            (PERMIT, "Lệ phí gia hạn giấy phép xây dựng", 15_000),
            (SHOP, "Lệ phí đăng ký hộ kinh doanh", 100_000),
        ):
            set_fee_rule(
                offering=self._offering(code), kind="CHARGE", name=name, amount=amount, basis=BASIS,
                online_percent_off=20, valid_from=self.days[0], at=self.at(0, 7, 30),
            )  # fmt: skip

    def _held(self, an: CitizenAccount) -> None:
        """Giấy tờ đã số hóa trước đây."""
        at, by = self.at(0, 7, 40), self._clerk(self._offering(PLANNING))
        number, born = an.applicant.personal_number, date(1988, 5, 20)
        for code, paper, of, issued, until in (
            ("MAU.CCCD", "Thẻ căn cước", number, date(2022, 3, 14), date(2028, 5, 20)),
            ("MAU.GKS", "Giấy khai sinh", "88/1988", born + timedelta(days=12), None),
            ("MAU.TTHN", "Giấy xác nhận tình trạng hôn nhân", "14/XN", date(2024, 2, 6), None),
        ):
            facts = PaperFacts(title=paper, paper_type_code=code, holder_id=an.applicant.pk)
            copy = store(BytesIO(scan(len(paper) % 9)), name=f"{paper}.jpg", by=by, at=at, facts=facts)
            kind = PaperType.objects.get(code=code)
            keep(
                PaperIn(
                    holder_id=an.applicant.pk, title=paper, source=f"demo:{code}", provenance="DIGITISED", trust="CHECKED",
                    paper_type=kind, number=of, issued_by=kind.issued_by, issued_on=issued, printed_until=until,
                    document_id=copy.pk,
                ),
                by_id=by.pk, at=at,
            )  # fmt: skip


SIGN_IN_AS = (
    ("Nguyễn Văn An", "năm hồ sơ, một bản nháp, giấy tờ trong kho, bản sao chứng thực, một ủy quyền"),
    ("Trần Thị Bình", "một khoản phải nộp; được An ủy quyền; làm thay Hợp tác xã Nông sản Mẫu"),
    ("Hợp tác xã Nông sản Mẫu", "hai hồ sơ của tổ chức (chọn Cổng Dịch vụ công quốc gia)"),
)
