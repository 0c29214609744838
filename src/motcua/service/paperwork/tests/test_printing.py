"""From the dossier to its papers: nothing is typed again, and a paper once printed stays what it was."""

from __future__ import annotations

from datetime import date

import pytest

from motcua.core.errors import Forbidden
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.sealing import BrokenSeal
from motcua.foundation.ledger.models import Line
from motcua.foundation.ledger.verifying import verify
from motcua.foundation.org.operations.agencies import rename_agency
from motcua.service.dossiers.operations import assigning, deciding
from motcua.service.dossiers.operations.receiving import refuse_intake
from motcua.service.dossiers.querysets import NoSuchDossier
from motcua.service.paperwork import gathering
from motcua.service.paperwork.gathering import NothingToPrint
from motcua.service.paperwork.models import PrintedForm
from motcua.service.paperwork.naming import limit_words, place_name, spaced_phone
from motcua.service.paperwork.operations.printing import (
    print_control_sheet,
    print_receipt,
    print_refusal,
    print_return_slip,
)
from motcua.service.paperwork.registry import Form
from motcua.service.paperwork.rendering import render
from motcua.service.paperwork.tests import world as worlds
from motcua.service.paperwork.tests.test_rendering import pages_of, words_of
from motcua.service.paperwork.tests.world import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return worlds.build()


@pytest.fixture
def dossier(world):
    return world.receive(at(8, 5), fee_amount=150_000, matter="Thay đổi tài sản gắn liền với đất")


class TestPrintReceipt:
    def test_prints_the_facts_of_the_dossier(self, world, dossier):
        printed = print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(8, 6))
        words = words_of(printed.pdf())
        for field in (
            "ỦY BAN NHÂN DÂN TỈNH ĐẮK LẮK",
            "Số: 01/TTPVHCC",
            "Đắk Lắk, ngày 20 tháng 11 năm 2026",
            dossier.code,
            "Nguyễn Thị Tuyết Nhung",
            "066190001234",
            "0905 123 456",
            "25 Lý Thường Kiệt, Đắk Lắk",
            "Đăng ký biến động đất đai",
            "Thay đổi tài sản gắn liền với đất",
            "Sở Nông nghiệp và Môi trường",
            "Giấy chứng nhận đã cấp Bản chính 01",
            "05 ngày làm việc",
            "08 giờ 05 phút, ngày 20/11/2026",
            "17 giờ 00 phút, ngày 30/11/2026",
            "Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk, 01 Nguyễn Tất Thành – trực tiếp",
            "150.000 đồng (Một trăm năm mươi nghìn đồng)",
            "Quyển số: Đất đai 2026; Số thứ tự: 01.",
            "Lê Thị Hồng Vân",
            (
                "Cách tính ngày hẹn: Ngày tiếp nhận, không tính (20/11/2026); không tính ngày nghỉ hằng tuần; nghỉ lễ: "
                "Ngày Văn hóa Việt Nam (24/11/2026); đủ 5 ngày làm việc vào 17:00 ngày 30/11/2026."
            ),
            f"/tra-cuu/?ma={dossier.code}",
        ):
            assert field in words, field

    def test_gives_the_same_paper_again(self, world, dossier):
        first = print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(8, 6))
        earlier = first.pdf()
        rename_agency(
            world.centre,
            name="Trung tâm Hành chính công mới",
            on=date(2026, 11, 21),
            by=None,
            at=at(9, day=21),
        )
        again = print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(9, day=22))
        assert (again.pk, again.number, again.pdf()) == (first.pk, first.number, earlier)
        assert PrintedForm.objects.count() == 1

    def test_numbers_papers_in_order(self, world, dossier):
        other = world.receive(at(8, 30))
        numbers = [
            print_receipt(dossier_id=one.pk, by=world.people["CLERK"], at=at(9)).number
            for one in (dossier, other)
        ]
        assert numbers == ["01/TTPVHCC", "02/TTPVHCC"]

    def test_writes_who_printed_and_who_printed_again(self, world, dossier):
        for minute in (6, 7):
            print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(8, minute))
        lines = Line.objects.filter(subject_id=dossier.pk, name__startswith="Form").order_by("number")
        assert [(line.name, line.payload["number"]) for line in lines] == [
            ("FormPrinted", "01/TTPVHCC"),
            ("FormReprinted", "01/TTPVHCC"),
        ]
        assert "066190001234" not in str([line.payload for line in lines])

    def test_is_refused_to_who_may_not_see_personal_numbers(self, world, dossier):
        with pytest.raises(Forbidden, match="số định danh"):
            print_receipt(dossier_id=dossier.pk, by=world.people["RECORDS"], at=at(9))
        assert print_control_sheet(dossier_id=dossier.pk, by=world.people["RECORDS"], at=at(9))

    def test_keeps_the_personal_number_sealed(self, world, dossier):
        printed = print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(8, 6))
        row = PrintedForm.objects.values().get(pk=printed.pk)
        assert b"066190001234" not in bytes(row["facts_sealed"])
        assert printed.facts["applicant"]["id_number"] == "066190001234"

    def test_finds_a_row_that_was_tampered_with(self, world, dossier):
        printed = print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(8, 6))
        sealed = bytearray(bytes(printed.facts_sealed))
        sealed[-1] ^= 1
        PrintedForm.objects.filter(pk=printed.pk).update(facts_sealed=bytes(sealed))
        with pytest.raises(BrokenSeal):
            PrintedForm.objects.get(pk=printed.pk).pdf()

    def test_hides_what_the_reader_may_not_see(self, world, dossier):
        stranger = User.objects.create(username="la", full_name="Người lạ", name_folded="nguoi la")
        with pytest.raises(NoSuchDossier):
            print_receipt(dossier_id=dossier.pk, by=stranger, at=at(9))
        assert PrintedForm.objects.count() == 0

    def test_names_the_download_after_its_form_and_code(self, world, dossier):
        printed = print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(8, 6))
        assert printed.file_name == f"giay-tiep-nhan-ho-so-va-hen-tra-ket-qua-{dossier.code}.pdf"

    def test_prints_one_page_for_each_keeper_on_request(self, world, dossier):
        printed = print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(9))
        pages = pages_of(printed.pdf(is_in_copies=True))
        assert [
            next(line for line in page.extract_text().splitlines() if line.startswith("Liên"))
            for page in pages
        ] == ["Liên 1: Chuyển kèm hồ sơ", "Liên 2: Giao người nộp"]

    def test_names_the_authorised_and_the_post(self, world):
        authorised = find_or_create_applicant(
            ApplicantInput(name="Trần Quốc Hùng", personal_number="066085004321", province_code="66"),
            by=None,
            at=at(8),
        )
        dossier = world.receive(
            at(8, 5), representative=authorised, authorisation="Giấy ủy quyền số 12", return_channel="POST"
        )
        facts = gathering.receipt_of(dossier, number="01/TTPVHCC", at=at(9))
        assert facts.representative.id_number == "066085004321"
        assert facts.submitter == "Trần Quốc Hùng"
        assert facts.return_way == "qua bưu chính công ích"
        assert facts.return_place == authorised.address

    def test_lists_what_is_held_and_leaves_out_what_is_missing(self, world, dossier):
        held, missing = dossier.parts.order_by("position")
        type(held).objects.filter(pk=held.pk).update(status="HELD")
        type(held).objects.filter(pk=missing.pk).update(status="MISSING")
        components = gathering.receipt_of(dossier, number="01/TTPVHCC", at=at(9)).components
        assert [(part.form, part.note) for part in components] == [("Bản điện tử", "đã có trong kho dữ liệu")]

    def test_says_when_nothing_is_promised(self, world, dossier):
        type(dossier).objects.filter(pk=dossier.pk).update(
            due_at=None, first_due_at=None, limit_value=None, limit_unit="NONE"
        )
        dossier.refresh_from_db()
        facts = gathering.receipt_of(dossier, number="01/TTPVHCC", at=at(9))
        assert (facts.due_at, facts.due_note, facts.explanation) == (
            None, "theo thông báo của cơ quan giải quyết", (),
        )  # fmt: skip

    def test_takes_the_set_of_forms_of_its_regime(self, world, dossier):
        assert print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(9)).forms == "TT03-2025"


class TestPrintControlSheet:
    def test_tells_every_hand_over_from_the_ledger(self, world, dossier):
        world.settle(dossier)
        world.hand_out(dossier, receiver="Trần Quốc Hùng")
        printed = print_control_sheet(dossier_id=dossier.pk, by=world.people["OFFICER"], at=at(16, day=27))
        rows = printed.facts["hand_overs"]
        assert [(row["giver"], row["receiver"]) for row in rows] == [
            ("Lê Thị Hồng Vân", "Phạm Văn Đức"),
            ("Phạm Văn Đức", "Y Blăng Niê"),
            ("Y Blăng Niê", "Phạm Văn Đức"),
            ("Phạm Văn Đức", "Hoàng Minh Tuấn"),
            ("Hoàng Minh Tuấn", "Đỗ Thị Mai"),
            ("Đỗ Thị Mai", "Lê Thị Hồng Vân"),
            ("Lê Thị Hồng Vân", "Trần Quốc Hùng"),
        ]
        assert rows[0]["giver_unit"] == "Trung tâm Phục vụ hành chính công"
        assert rows[0]["receiver_unit"] == "Sở Nông nghiệp và Môi trường"
        assert rows[-1]["receiver_unit"] == "Tổ chức, cá nhân nhận kết quả"
        assert rows[2]["at"] == "2026-11-25T09:00"
        assert all(row["due_at"] for row in rows[:-1])
        assert {row["verdict"] for row in rows[:-1]} <= {"Trước hạn", "Đúng hạn", "Quá hạn"}
        assert printed.facts["verdict"] == "Trước hạn"
        words = words_of(printed.pdf())
        assert "Số: 01/PKS" in words
        assert "Thẩm định hồ sơ" in words

    def test_is_renewed_under_its_number_as_the_dossier_goes_on(self, world, dossier):
        officer = world.people["CLERK"]
        early = print_control_sheet(dossier_id=dossier.pk, by=officer, at=at(9))
        assert early.facts["hand_overs"] == []
        world.settle(dossier)
        late = print_control_sheet(dossier_id=dossier.pk, by=officer, at=at(16, day=27))
        assert (late.pk, late.number) == (early.pk, early.number)
        assert len(late.facts["hand_overs"]) == 6

    def test_stays_as_it_is_while_nothing_happens(self, world, dossier):
        first = print_control_sheet(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(9))
        again = print_control_sheet(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(10))
        assert again.pdf() == first.pdf()
        assert Line.objects.filter(subject_id=dossier.pk, name="FormPrinted").count() == 1

    def test_names_those_who_were_asked(self, world, dossier):
        facts = gathering.control_sheet_of(dossier, number="01/PKS", at=at(9))
        assert facts.partners == ()

    def test_shows_work_sent_back_and_reassigned(self, world, dossier):
        from motcua.service.dossiers.operations.transferring import transfer

        people = world.people
        transfer(dossier_id=dossier.pk, by=people["CLERK"], at=at(10))
        assigning.assign_work(
            dossier_id=dossier.pk, holder=people["OFFICER"], by=people["DIVISION_HEAD"], at=at(11)
        )
        deciding.propose(
            dossier_id=dossier.pk, outcome="APPROVE", reason="Đủ", by=people["OFFICER"], at=at(14)
        )
        deciding.send_back(
            dossier_id=dossier.pk, reason="Thiếu trích đo", by=people["DIVISION_HEAD"], at=at(15)
        )
        rows = print_control_sheet(dossier_id=dossier.pk, by=people["OFFICER"], at=at(16)).facts["hand_overs"]
        assert (rows[-1]["giver"], rows[-1]["receiver"], rows[-1]["note"]) == (
            "Phạm Văn Đức", "Y Blăng Niê", "Thiếu trích đo",
        )  # fmt: skip

    def test_leaves_the_chain_of_the_ledger_whole(self, world, dossier):
        print_receipt(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(8, 6))
        world.settle(dossier)
        print_control_sheet(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(16, day=27))
        assert verify().is_intact


class TestPrintReturnSlip:
    def test_says_what_was_handed_to_whom(self, world, dossier):
        world.settle(dossier)
        world.hand_out(dossier, receiver="Trần Quốc Hùng")
        words = words_of(
            print_return_slip(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(14, 21, day=26)).pdf()
        )
        for field in (
            "Số: 01/PTKQ",
            "Giấy chứng nhận đã xác nhận thay đổi",
            "CS 01234/2026",
            "Trần Quốc Hùng (người nhận thay)",
            "14 giờ 20 phút, ngày 26/11/2026",
            "trước hạn",
        ):
            assert field in words, field

    def test_waits_for_the_return(self, world, dossier):
        with pytest.raises(NothingToPrint, match="chưa trả kết quả"):
            print_return_slip(dossier_id=dossier.pk, by=world.people["CLERK"], at=at(9))


class TestPrintRefusal:
    def test_bears_the_number_that_the_refusal_was_given(self, world):
        refusal = refuse_intake(
            offering=world.offering, applicant=world.applicant, by=world.people["CLERK"], at=at(9, 40),
            reasons=["Thửa đất đang có tranh chấp.", "Đơn không có chữ ký."],
        )  # fmt: skip
        printed = print_refusal(refusal_id=refusal.pk, by=world.people["CLERK"], at=at(9, 41))
        words = words_of(printed.pdf())
        for field in (
            "Số: 01/PTC",
            "Đăng ký biến động đất đai",
            "1. Thửa đất đang có tranh chấp.",
            "2. Đơn không có chữ ký.",
            "09 giờ 40 phút, ngày 20/11/2026",
        ):
            assert field in words, field
        assert print_refusal(refusal_id=refusal.pk, by=world.people["CLERK"], at=at(10)).pk == printed.pk
        names = Line.objects.filter(subject_id=refusal.pk).order_by("number").values_list("name", flat=True)
        assert list(names) == ["IntakeRefused", "RefusalPrinted", "RefusalReprinted"]


class TestRegister:
    def test_lists_what_the_unit_received(self, world, dossier):
        other = world.receive(at(9, day=23))
        world.settle(dossier)
        world.hand_out(dossier)
        register = gathering.register_of(
            world.centre, first=date(2026, 11, 1), last=date(2026, 11, 30), keeper=world.people["CLERK"]
        )
        assert [(entry.number, entry.code) for entry in register.entries] == [
            (1, dossier.code),
            (2, other.code),
        ]
        assert register.entries[0].returned_at == at(14, 20, day=26)
        assert register.entries[0].receiver == "Nguyễn Thị Tuyết Nhung"
        assert register.book == ""
        assert "Tổng số: 02 hồ sơ; đã trả kết quả: 01" in words_of(render(Form.REGISTER, register))

    def test_keeps_to_its_days_and_field(self, world, dossier):
        in_november = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}
        book = gathering.register_of(world.centre, **in_november, field="Đất đai")
        assert (book.book, [entry.number for entry in book.entries]) == (dossier.book, [dossier.book_number])
        assert not gathering.register_of(world.centre, **in_november, field="Hộ tịch").entries
        assert not gathering.register_of(
            world.centre, first=date(2026, 11, 21), last=date(2026, 11, 30)
        ).entries
        assert gathering.register_of(world.centre, first=date(2026, 11, 20), last=date(2026, 11, 20)).entries

    def test_asks_two_questions_however_many_lines(self, world, dossier, django_assert_max_num_queries):
        for hour in (9, 10, 11):
            world.receive(at(hour))
        with django_assert_max_num_queries(4):
            gathering.register_of(world.centre, first=date(2026, 11, 1), last=date(2026, 11, 30))

    def test_knows_its_books(self, world, dossier):
        assert gathering.fields_of(world.centre, first=date(2026, 11, 1), last=date(2026, 11, 30)) == [
            "Đất đai"
        ]
        assert gathering.fields_of(world.centre, first=date(2026, 12, 1), last=date(2026, 12, 31)) == []

    def test_refuses_days_turned_round(self, world):
        with pytest.raises(NothingToPrint, match="Ngày đầu"):
            gathering.register_of(world.centre, first=date(2026, 11, 2), last=date(2026, 11, 1))


class TestHandOverList:
    def test_lists_what_goes_to_one_agency(self, world, dossier):
        listed = gathering.hand_over_list_of([dossier], giver=world.people["CLERK"], at=at(15))
        assert [(row.code, row.papers) for row in listed.rows] == [(dossier.code, 2)]
        words = words_of(render(Form.HAND_OVER, listed))
        assert "Bên nhận: Sở Nông nghiệp và Môi trường" in words

    def test_refuses_an_empty_one(self, world):
        with pytest.raises(NothingToPrint):
            gathering.hand_over_list_of([], giver=world.people["CLERK"], at=at(15))


class TestNaming:
    @pytest.mark.parametrize(
        ("code", "name"), [("66", "Đắk Lắk"), ("79", "Thành phố Hồ Chí Minh"), ("01", "Hà Nội"), ("00", "")]
    )
    def test_names_a_place_as_the_decree_asks(self, code, name):
        assert place_name(code) == name

    def test_writes_a_limit_with_two_digits(self, dossier):
        assert limit_words(dossier.limit) == "05 ngày làm việc"

    def test_groups_a_phone_number(self):
        assert [spaced_phone(phone) for phone in ("0905123456", "+8613800000", "")] == [
            "0905\u00a0123\u00a0456", "+8613800000", "",
        ]  # fmt: skip
