"""Người dân gõ thế nào cũng tìm thấy: real phrasings, each with the procedure that must be among the first three."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from motcua.core.time import VIETNAM
from motcua.demo import catalogue, finding
from motcua.service.procedures.finding import find, in_order
from motcua.service.procedures.models import Procedure

DAY = date(2026, 3, 2)
AT = datetime.combine(DAY, time(9), VIETNAM)
pytestmark = pytest.mark.django_db
PHRASES = """
1.001193 làm khai sinh cho con
1.001193 lam giay khai sinh
1.001193 kai sinh
1.001193 khaisinh
1.001193 khai sinhh cho bé
1.001193 giaays khai sinh
1.001193 tôi muốn làm giấy khai sinh cho em bé mới đẻ
1.001193 dang ky khai sin
1.004884 mất giấy khai sinh
1.004884 lam lai khai sinh
1.004859 sai ten tren giay khai sinh
1.004859 đổi tên cho con
1.004859 cai chinh ho tich
2.000635 trích lục khai sinh
2.000635 ban sao giay khai sinh
1.000894 giay dang ky ket hon
1.000894 đăng ký kết hôn
1.000894 ket hom
1.000894 cuoi vo can giay to gi
1.000894 dang ki ket hon
2.000806 kết hôn với người nước ngoài
2.000806 lay chong nuoc ngoai
1.004873 giấy độc thân
1.004873 xac nhan tinh trang hon nhan
1.004873 giay xac nhan doc than
1.000656 báo tử
1.000656 khai tu cho bo
1.000656 giay chung tu
2.001263 xin con nuôi
2.001263 nhan con nuoi
1.012753 so do
1.012753 làm sổ đỏ lần đầu
1.012753 cap so hong
1.012783 đổi sổ đỏ
1.013831 sang tên sổ đỏ
1.013831 mua đất sang tên
1.013831 thua ke dat
1.012784 tach thua
1.012784 tách sổ cho con
1.012812 hang xom lan dat
1.012812 tranh chap dat dai
1.013225 xin phép xây nhà
1.013225 giay phep xay dung
1.013225 giấy fép xây dựng
1.013227 gia hạn giấy phép xây dựng
1.014159 xem quy hoạch
1.001612 mo quan ca phe
1.001612 mở cửa hàng tạp hóa
1.001612 giay phep kinh doanh
1.001612 đăng kí hộ kinh doanh
1.001266 dong cua quan
1.001266 nghi kinh doanh ho kinh doanh
2.002043 mở công ty
2.002043 thanh lap cong ty co phan
3.000333 lý lịch tư pháp
3.000333 ly lich tu phap
3.000333 phieu ly lich tư pháp số 2
1.004222 nhập hộ khẩu
1.004222 nhap khau cho vo
1.004222 dang ky thuong tru
1.004194 tam tru
1.004194 ở trọ cần đăng ký gì
1.003197 xoa ho khau
2.001159 khai báo khách ở qua đêm
1.001939 the bao hiem y te
1.001939 thẻ bhyt cho trẻ em
1.001731 tiền mai táng
1.001776 tro cap nguoi cao tuoi
1.001776 trợ cấp khuyết tật
1.011607 ho ngheo
1.013133 đi nghĩa vụ quân sự
2.000815 cong chung can cuoc
2.000815 photo công chứng
2.000815 sao y ban chinh
2.000884 chứng thực chữ ký
2.001035 hop dong mua ban dat
1.005092 mat bang cap 3
1.013274 dựng rạp đám cưới
1.013061 đào đường
1.001010 the thuong tru cho nguoi nuoc ngoai
1.000828 chung chi luat su
1.001686 bán thuốc thú y
1.010727 giay phep moi truong
1.003984 kiem dich thuc vat
1.001193 1.001193
""".strip().splitlines()


@pytest.fixture(scope="module")
def found_in(module_db: None) -> Any:
    """The demo's catalogue: the codes of the first answers to a phrase."""
    catalogue.load(by=None, at=AT, valid_from=DAY)
    finding.load(by=None, at=AT)

    def first(text: str, most: int = 3) -> list[str]:
        rows = Procedure.objects.in_force(DAY)
        return [row.code for row in in_order(find(text, rows), rows)][:most]

    return first


def test_there_are_enough_phrases() -> None:
    assert len(PHRASES) >= 60


def test_each_finds_its_procedure_among_the_first_three(found_in: Any) -> None:
    wrong = []
    for line in PHRASES:
        code, _, phrase = line.partition(" ")
        first = found_in(phrase)
        if code not in first:
            wrong.append(f"{phrase!r}: {code} not in {first}")
    assert not wrong, f"{len(wrong)} of {len(PHRASES)}\n" + "\n".join(wrong)


def test_nonsense_finds_nothing_and_breaks_nothing(found_in: Any) -> None:
    for text in ("", "   ", "!!!", "zzzzqqq", "%s %(x)s", "q" * 500, "\u202e"):
        assert found_in(text) == [], text
    found_in("' OR 1=1 --")


def test_costs_the_same_two_questions(found_in: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        find("làm giấy khai sinh cho con", Procedure.objects.in_force(DAY))
