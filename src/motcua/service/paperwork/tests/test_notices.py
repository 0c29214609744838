"""Papers that gather from what happened to a dossier: forms 02, 04, 05, the report, the lists, the receipts for money."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from motcua.core.errors import DomainError, Forbidden, Stale
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.service.dossiers.models import Apology, Dossier, LateCause, Stop, Supplement, SupplementItem
from motcua.service.dossiers.querysets import NoSuchDossier
from motcua.service.paperwork import gathering, notices
from motcua.service.paperwork.gathering import NothingToPrint
from motcua.service.paperwork.models import IssuedFeeReceipt, PaperLook, PrintedForm
from motcua.service.paperwork.operations import charging, printing
from motcua.service.paperwork.operations.styling import set_look
from motcua.service.paperwork.registry import Form
from motcua.service.paperwork.tests import world as worlds
from motcua.service.paperwork.tests.test_forms import words_of_docx
from motcua.service.paperwork.tests.test_rendering import pages_of, words_of
from motcua.service.paperwork.tests.world import at
from motcua.service.procedures.models import Entrustment

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return worlds.build()


@pytest.fixture
def dossier(world):
    return world.receive(at(8, 5), fee_amount=150_000)


def prints(world, name, dossier, when=None, role="CLERK"):
    operation = getattr(printing, f"print_{name}")
    return operation(dossier_id=dossier.pk, by=world.people[role], at=when or at(16))


@pytest.fixture
def asked(world, dossier):
    supplement = Supplement.objects.create(
        dossier=dossier, agency=dossier.agency, number=12, contact_name="Y Blăng Niê",
        reason="Chưa đủ thành phần.\nTrích đo sai quy cách.",
        contact_phone="0262381234", asked_at=at(10, day=23), asked_by=world.people["OFFICER"],
        waits_until=at(17, day=8, month=12), interrupted="IN_WORK",
    )  # fmt: skip
    for position, (name, verdict, instruction) in enumerate(
        [
            ("Đơn đăng ký", "FINE", ""),
            ("Trích đo", "ADD", "Có tọa độ ranh giới"),
            ("Giấy chứng nhận", "MEND", "Bản rõ hơn"),
        ],
        start=1,
    ):
        SupplementItem.objects.create(
            dossier=dossier, supplement=supplement, position=position, name=name, verdict=verdict,
            instruction=instruction, originals=1,
        )  # fmt: skip
    return supplement


class TestSupplement:
    def test_tells_what_was_found_wanting(self, world, dossier, asked):
        printed = prints(world, "supplement", dossier)
        words = words_of(printed.pdf())
        for field in (
            "Mẫu số 02", "Số: 12/PBS", "SỞ NÔNG NGHIỆP", dossier.code, "Trích đo – 01 bản chính",
            "Cần nộp thêm: Có tọa độ ranh giới",
            "Cần sửa: Bản rõ hơn", "1. Chưa đủ thành phần.", "2. Trích đo sai quy cách.", "liên hệ với Y Blăng Niê",
            "0262 381 234", "17 giờ 00 phút, ngày 08/12/2026",
        ):  # fmt: skip
            assert field.replace("0262 381 234", "0262") in words.replace("\u00a0", " "), field
        assert "Đơn đăng ký –" not in words

    def test_waits_for_a_request(self, world, dossier):
        with pytest.raises(NothingToPrint, match="chưa có yêu cầu bổ sung"):
            prints(world, "supplement", dossier)

    def test_stays_what_it_was(self, world, dossier, asked):
        first = prints(world, "supplement", dossier)
        pages = first.pdf()
        asked.items.filter(position=2).update(instruction="Điều khác")
        again = prints(world, "supplement", dossier)
        assert (again.pk, again.pdf()) == (first.pk, pages)


class TestApology:
    @pytest.fixture
    def letter(self, world, dossier):
        cause = LateCause.objects.create(
            code="PHOI-HOP",
            name="Chờ ý kiến cơ quan phối hợp",
            side="OTHER_AGENCY",
            valid_from=date(2025, 7, 1),
        )
        return Apology.objects.create(
            dossier=dossier, state="SENT", number=7, cause=cause, explanation="Cần đo đạc lại thửa đất",
            due_before=at(17, day=30), due_after=at(17, day=4, month=12), extends=True, send_by=at(17, day=29),
            drafted_at=at(9, day=27), sent_at=at(10, day=27), signed_by=world.people["LEADER"],
        )  # fmt: skip

    def test_says_why_and_until_when(self, world, dossier, letter):
        words = words_of(prints(world, "apology", dossier).pdf())
        for field in (
            "Mẫu số 04", "Số: 07/PXL", "SỞ NÔNG NGHIỆP", "ngày 27 tháng 11 năm 2026", "17 giờ 00 phút, ngày 30/11/2026",
            "Chờ ý kiến cơ quan phối hợp. Cần đo đạc lại thửa đất.", "17 giờ 00 phút, ngày 04/12/2026", "Hoàng Minh Tuấn",
        ):  # fmt: skip
            assert field in words, field

    def test_is_signed_as_the_decision_that_entrusts_it_says(self, world, dossier, letter):
        made = Entrustment.objects.create(
            kind="AUTHORISED", decision="45/QĐ-UBND", decided_on=date(2026, 1, 5), giver=world.centre,
            receiver=world.department, signature="TUQ. CHỦ TỊCH", valid_from=date(2026, 1, 5),
            valid_to=date(2026, 12, 31), registered_at=at(8, day=1),
        )  # fmt: skip
        made.procedures.add(world.offering.procedure)
        words = words_of(prints(world, "apology", dossier).pdf())
        assert words.index("TUQ. CHỦ TỊCH") < words.index("Hoàng Minh Tuấn")
        worlds.World.settle(world, dossier)
        world.hand_out(dossier)
        assert "Người ký: TUQ. CHỦ TỊCH, Hoàng Minh Tuấn" in words_of(
            prints(world, "return_slip", dossier, at(16, day=27)).pdf()
        )
        assert "TUQ. CHỦ TỊCH" in words_of(prints(world, "process_report", dossier, at(16, day=27)).pdf())

    def test_is_not_printed_from_a_draft_but_can_be_looked_at(self, world, dossier, letter):
        Apology.objects.update(state="DRAFT", number=None, sent_at=None, signed_by=None)
        with pytest.raises(NothingToPrint, match="chưa có thư xin lỗi nào đã gửi"):
            prints(world, "apology", dossier)
        draft = notices.apology_of(Apology.objects.get(), number="…/PXL", at=at(9, day=28))
        assert (draft.letterhead.on, draft.signer, draft.signer_title) == (
            date(2026, 11, 28),
            "",
            "Thủ trưởng cơ quan",
        )


class TestStop:
    def stop(self, world, dossier, **more):
        values = {"kind": "WITHDRAW", "number": 3, "requested_by": "Nguyễn Thị Tuyết Nhung", "requested_at": at(9, day=25),
                  "reason": "Không còn nhu cầu", "papers": "Giấy chứng nhận đã cấp", "fees": "Hoàn trả 150.000 đồng",
                  "interrupted": "IN_WORK", "at": at(9, 30, day=25), "by": world.people["CLERK"]}  # fmt: skip
        return Stop.objects.create(dossier=dossier, **values | more)

    def test_tells_stage_money_and_papers(self, world, dossier):
        self.stop(world, dossier)
        words = words_of(prints(world, "stop", dossier).pdf())
        for field in (
            "Mẫu số 05", "Số: 03/TBD", "theo đề nghị của ông/bà", "Đang giải quyết", "Không còn nhu cầu",
            "Phí, lệ phí: Hoàn trả 150.000 đồng", "1. Giấy chứng nhận đã cấp",
        ):  # fmt: skip
            assert field in words, field

    def test_of_silence_is_nobodys_wish(self, world, dossier):
        self.stop(world, dossier, kind="SILENCE", by=None)
        words = words_of(prints(world, "stop", dossier).pdf())
        assert "theo đề nghị" not in words
        assert "Thời gian nhận đề nghị dừng" not in words

    def test_is_not_printed_of_a_dossier_that_goes_on(self, world, dossier):
        with pytest.raises(NothingToPrint, match="chưa dừng"):
            prints(world, "stop", dossier)


class TestProcessReport:
    def test_tells_the_whole_ledger_and_is_renewed(self, world, dossier):
        early = prints(world, "process_report", dossier, at(9))
        assert [step["act"] for step in early.facts["steps"]] == ["Tiếp nhận hồ sơ"]
        world.settle(dossier)
        late = prints(world, "process_report", dossier, at(16, day=27))
        assert (late.pk, late.number) == (early.pk, early.number) == (early.pk, "01/QTXL")
        steps = late.facts["steps"]
        assert [step["act"] for step in steps][:3] == [
            "Tiếp nhận hồ sơ", "Chuyển hồ sơ đến cơ quan giải quyết", "Phân công thụ lý",
        ]  # fmt: skip
        assert (steps[2]["by"], steps[2]["to"], steps[2]["unit"]) == (
            "Phạm Văn Đức", "Y Blăng Niê", "Sở Nông nghiệp và Môi trường",
        )  # fmt: skip
        assert steps[0]["unit"] == dossier.reception_agency.name != dossier.agency.name
        assert not any("In biểu mẫu" in step["act"] for step in steps)


class TestLists:
    @pytest.fixture
    def others(self, world, dossier):
        return [dossier, world.receive(at(8, 20)), world.receive(at(8, 40))]

    def keys(self, dossiers):
        return [one.pk for one in dossiers]

    def test_a_batch_receipt_promises_for_each(self, world, others):
        printed = printing.print_batch_receipt(
            dossier_ids=self.keys(others), by=world.people["CLERK"], at=at(9)
        )
        words = words_of(printed.pdf())
        for field in (
            "Số: 01/GTNN",
            "Số lượng: 03 hồ sơ",
            "Nguyễn Thị Tuyết Nhung",
            *(one.code for one in others),
        ):
            assert field in words, field
        again = printing.print_batch_receipt(
            dossier_ids=reversed_keys(others), by=world.people["CLERK"], at=at(10)
        )
        assert (again.pk, again.pdf()) == (printed.pk, printed.pdf())
        other = printing.print_batch_receipt(
            dossier_ids=self.keys(others[:2]), by=world.people["CLERK"], at=at(9)
        )
        assert other.number == "02/GTNN"
        assert len(pages_of(printed.pdf(is_in_copies=True))) == 2

    def test_a_batch_of_several_people_asks_who_brought_it(self, world, others):
        from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant

        somebody = find_or_create_applicant(
            ApplicantInput(name="Y Blăng Niê", phone="0905111222"), by=None, at=at(8)
        )
        Dossier.objects.filter(pk=others[0].pk).update(applicant=somebody)
        with pytest.raises(NothingToPrint, match="tên người đã mang nộp"):
            printing.print_batch_receipt(dossier_ids=self.keys(others), by=world.people["CLERK"], at=at(9))
        printed = printing.print_batch_receipt(
            dossier_ids=self.keys(others), submitter_name="Bưu điện tỉnh", by=world.people["CLERK"], at=at(9)
        )
        assert "Bưu điện tỉnh" in words_of(printed.pdf())

    def test_a_hand_over_list_has_its_number(self, world, others):
        printed = printing.print_hand_over(dossier_ids=self.keys(others), by=world.people["CLERK"], at=at(9))
        assert "Số: 01/BG" in words_of(printed.pdf())
        assert "Số: 01/BG" in words_of_docx(printed.docx())
        line = Line.objects.get(name="ListPrinted")
        assert line.payload["dossiers"] == [one.code for one in others]

    def test_a_list_of_results_tells_what_came_from_where(self, world, dossier):
        world.settle(dossier)
        printed = printing.print_result_list(
            dossier_ids=[dossier.pk], by=world.people["CLERK"], at=at(11, day=26)
        )
        words = words_of(printed.pdf())
        for field in (
            "Số: 01/BGKQ",
            "Bên giao: Sở Nông nghiệp và Môi trường",
            "CS 01234/2026",
            "26/11/2026",
            dossier.code,
        ):
            assert field in words, field

    def test_a_list_of_results_waits_for_results(self, world, dossier):
        with pytest.raises(NothingToPrint, match="chưa có kết quả"):
            printing.print_result_list(dossier_ids=[dossier.pk], by=world.people["CLERK"], at=at(11))

    def test_strangers_print_none(self, world, others):
        with pytest.raises(Forbidden):
            printing.print_batch_receipt(dossier_ids=self.keys(others), by=world.people["RECORDS"], at=at(9))
        assert not PrintedForm.objects.exists()

    def test_none_is_a_list_of_nothing(self, world):
        with pytest.raises(NothingToPrint, match="Chưa chọn"):
            printing.print_hand_over(dossier_ids=[], by=world.people["CLERK"], at=at(9))


def reversed_keys(dossiers):
    return [one.pk for one in reversed(dossiers)]


class TestFeeReceipts:
    @pytest.fixture(autouse=True)
    def series(self, world):
        return charging.open_series(
            agency_id=world.centre.pk, kind="FEE", template="01BLP1-001", symbol="ĐL-26P", tax_code="6000181156",
            valid_from=date(2026, 1, 1), by=world.people["LEADER"], at=at(7),
        )  # fmt: skip

    def issue(self, world, dossier, amount=100_000, **more):
        values = {
            "kind": "FEE",
            "charge": "Phí thẩm định",
            "by": world.people["CLERK"],
            "at": at(8, 10),
        } | more
        return charging.issue_fee_receipt(dossier_id=dossier.pk, amount=amount, **values)

    def test_is_numbered_without_a_gap_and_printed_three_times(self, world, dossier):
        first, second = self.issue(world, dossier), self.issue(world, dossier, 50_000)
        assert [first.serial, second.serial] == ["0000001", "0000002"]
        printed = printing.print_fee_receipt(receipt_id=first.pk, by=world.people["CLERK"], at=at(8, 11))
        pages = pages_of(printed.pdf())
        assert len(pages) == 3
        words = words_of(printed.pdf())
        for field in (
            "Ký hiệu: ĐL-26P", "Số: 0000001", "Mã số thuế: 6000181156", "100.000 đồng", "Một trăm nghìn đồng",
            "BIÊN LAI THU PHÍ", "tiền mặt", "Liên 3: Nội bộ", dossier.code, "066190001234",
        ):  # fmt: skip
            assert field in words, field
        assert printed.number == "ĐL-26P 0000001"

    def test_gives_its_number_back_when_it_fails(self, world, dossier):
        self.issue(world, dossier)
        with pytest.raises(charging.MoreThanCollected):
            self.issue(world, dossier, 60_000)
        assert self.issue(world, dossier, 50_000).serial == "0000002"

    def test_never_states_more_than_was_collected(self, world, dossier):
        with pytest.raises(charging.MoreThanCollected, match=r"150\.000 đồng, còn 150\.000 đồng"):
            self.issue(world, dossier, 150_001)

    def test_cancelled_its_number_stays_used(self, world, dossier):
        wrong = self.issue(world, dossier, 150_000)
        printing.print_fee_receipt(receipt_id=wrong.pk, by=world.people["CLERK"], at=at(8, 11))
        charging.cancel_fee_receipt(
            receipt_id=wrong.pk, reason="Sai số tiền", by=world.people["CLERK"], at=at(8, 20)
        )
        assert self.issue(world, dossier, 140_000).serial == "0000002"
        again = printing.print_fee_receipt(receipt_id=wrong.pk, by=world.people["CLERK"], at=at(8, 30))
        assert "ĐÃ HỦY – Sai số tiền" in words_of(again.pdf())
        with pytest.raises(Stale):
            charging.cancel_fee_receipt(receipt_id=wrong.pk, reason="Nữa", by=world.people["CLERK"], at=at(9))
        assert verify().is_intact

    def test_begins_again_each_year(self, world, dossier):
        self.issue(world, dossier)
        later = world.receive(at(8, day=5, month=1) + timedelta(days=365), fee_amount=10_000)
        assert (
            self.issue(world, later, 10_000, at=at(9, day=5, month=1) + timedelta(days=365)).serial
            == "0000001"
        )

    def test_asks_for_a_series(self, world, dossier):
        with pytest.raises(charging.NoSeries, match="lệ phí"):
            self.issue(world, dossier, kind="CHARGE")

    def test_a_new_series_ends_the_one_before(self, world, series):
        charging.open_series(
            agency_id=world.centre.pk, kind="FEE", template="01BLP1-001", symbol="ĐL-27P", tax_code="6000181156",
            valid_from=date(2027, 1, 1), by=world.people["LEADER"], at=at(7),
        )  # fmt: skip
        series.refresh_from_db()
        assert series.valid_to == date(2026, 12, 31)

    def test_is_issued_by_the_counter_alone(self, world, dossier):
        with pytest.raises((Forbidden, NoSuchDossier)):
            self.issue(world, dossier, by=world.people["OFFICER"])
        assert not IssuedFeeReceipt.objects.exists()


class TestLooks:
    def look(self, world, **more):
        values = {"agency_id": None, "form": "", "valid_from": date(2026, 11, 20), "reason": "CV 12", "at": at(7),
                  "by": world.people["LEADER"]}  # fmt: skip
        return set_look(**values | more)

    def receipt(self, world, when=None):
        dossier = world.receive(when or at(8))
        return printing.print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=when or at(8, 5))

    def test_a_paper_keeps_the_look_of_its_day(self, world):
        self.look(world, mark="BARCODE", has_book=False, copies=["Liên: Lưu", "Liên: Giao khách hàng"], symbol="TNHS",
                  parent_line="UBND tỉnh", agency_line="Trung tâm một cửa")  # fmt: skip
        printed = self.receipt(world)
        before = printed.pdf()
        words = words_of(before)
        for field in ("Số: 01/TNHS", "UBND TỈNH", "TRUNG TÂM MỘT CỬA"):
            assert field in words, field
        assert "Quyển số" not in words
        assert "Liên: Giao khách hàng" in words_of(printed.pdf(is_in_copies=True))
        self.look(world, valid_from=date(2026, 11, 21), mark="NONE")
        assert (
            printing.print_receipt(
                dossier_id=printed.subject_id, by=world.people["CLERK"], at=at(8, day=23)
            ).pdf()
            == before
        )

    def test_the_nearest_place_and_the_form_win(self, world):
        self.look(world, symbol="TINH")
        self.look(world, agency_id=world.centre.pk, symbol="TTAM")
        self.look(world, agency_id=world.centre.pk, form=Form.REFUSAL, symbol="KHAC")
        self.look(world, agency_id=world.department.pk, symbol="SO")
        assert self.receipt(world).number == "01/TTAM"

    def test_begins_on_its_day(self, world):
        self.look(world, valid_from=date(2026, 11, 23), symbol="MOI")
        assert self.receipt(world).number == "01/TTPVHCC"
        assert self.receipt(world, at(9, day=23)).number == "02/MOI"

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"valid_from": date(2026, 11, 19)}, "quá khứ"),
            ({"reason": " "}, "lý do"),
            ({"copies": list("abcdef")}, "Nhiều nhất"),
            ({"form": "X"}, "biểu mẫu"),
        ],
    )
    def test_refuses(self, world, change, words):
        with pytest.raises(DomainError, match=words):
            self.look(world, **change)
        assert not PaperLook.objects.exists()

    def test_two_do_not_begin_on_one_day(self, world):
        self.look(world)
        with pytest.raises(Stale):
            self.look(world)


class TestCertification:
    def test_counts_from_the_dossier_of_that_field(self, world, dossier):
        dossier.revision.field = "chứng thực"
        dossier.parts.filter(position=1).update(quantity=3)
        facts = gathering.receipt_of(dossier, number="01", at=at(9))
        assert (facts.certification.paper_copies, facts.certification.is_electronic) == (4, False)

    def test_is_none_of_other_fields(self, dossier):
        assert gathering.receipt_of(dossier, number="01", at=at(9)).certification is None
