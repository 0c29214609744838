"""Hồ sơ mẫu: facts made by hand, one of each form with everything filled in; for previews and for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from motcua.core.money import vnd_in_words
from motcua.core.time import VIETNAM
from motcua.service.paperwork.facts import (
    Apology,
    BatchReceipt,
    BatchRow,
    Certification,
    Component,
    ControlSheet,
    Entry,
    Facts,
    FeeReceipt,
    HandOver,
    HandOverList,
    HandOverRow,
    Letterhead,
    PaperSlip,
    Person,
    ProcessReport,
    ProcessStep,
    Receipt,
    Refusal,
    Register,
    ResultList,
    ResultRow,
    ReturnSlip,
    Stop,
    Supplement,
    WantedPaper,
)
from motcua.service.paperwork.registry import Form

LETTERS = "".join(
    base + base.upper() for base in "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
)


def at(hour: int, minute: int = 0, day: int = 20, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


LETTERHEAD = Letterhead(
    parent="Ủy ban nhân dân tỉnh Đắk Lắk",
    agency="Trung tâm Phục vụ hành chính công",
    place="Đắk Lắk",
    on=date(2026, 11, 20),
    number="0975/TTPVHCC",
)
APPLICANT = Person(
    name="Nguyễn Thị Tuyết Nhung",
    id_number="066190001234",
    address="25 Lý Thường Kiệt, phường Buôn Ma Thuột, tỉnh Đắk Lắk",
    phone="0905 123 456",
    email="tuyetnhung@example.vn",
)
PAPERS = (
    Component(name="Tờ khai đăng ký khai sinh theo mẫu"),
    Component(name="Giấy chứng sinh"),
    Component(
        name="Giấy tờ tùy thân: hộ chiếu, chứng minh nhân dân, thẻ căn cước công dân hoặc giấy tờ khác có dán ảnh",
        form="Bản sao chứng thực",
        quantity=2,
    ),
    Component(name="Giấy chứng nhận kết hôn của cha, mẹ", form="Bản điện tử", note="đã có trong kho"),
    Component(name="Văn bản ủy quyền được chứng thực", form="Bản sao"),
)
RECEIPT = Receipt(
    letterhead=LETTERHEAD,
    unit="Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk",
    code="H15.13-261120-0975",
    applicant=APPLICANT,
    representative=Person(
        name="Trần Quốc Hùng",
        id_number="066085004321",
        address="Thôn 3, xã Ea Kar, tỉnh Đắk Lắk",
        phone="0914 222 333",
        email="hung.tq@example.vn",
    ),
    authorisation="Giấy ủy quyền số 12/2026 ngày 18/11/2026 (chứng thực tại UBND xã Ea Kar)",
    procedure="Cấp giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất lần đầu",
    matter="Cấp giấy chứng nhận thửa đất số 118, tờ bản đồ số 24",
    components=PAPERS,
    sets=1,
    limit="05 ngày làm việc",
    received_at=at(8, 5),
    due_at=at(17, 0, day=30),
    settling_agency="Sở Nông nghiệp và Môi trường",
    return_place="Quầy số 04, Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk",
    return_way="trực tiếp",
    book="2026",
    entry="0975",
    fee=150_000,
    fee_in_words="Một trăm năm mươi nghìn đồng",
    fee_note="biên lai số 0012345",
    submitter="Trần Quốc Hùng",
    receiver="Lê Thị Hồng Vân",
    tracking_url="https://motcua.daklak.example/tra-cuu/H15.13-261120-0975",
    contact_phone="0262 3 812 345",
    explanation=(
        "Nhận lúc 08:05 ngày 20/11/2026; tính từ ngày làm việc tiếp theo là thứ Hai 23/11/2026.",
        "Bỏ qua thứ Ba 24/11/2026 (Ngày Văn hóa Việt Nam); ngày làm việc thứ 5 là thứ Hai 30/11/2026.",
    ),
)
PLAIN_RECEIPT = replace(RECEIPT, representative=None, authorisation="", matter="", submitter=APPLICANT.name)
REFUSAL = Refusal(
    letterhead=replace(LETTERHEAD, number="05/PTC"),
    unit="Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk",
    applicant=APPLICANT,
    code="H15.13-261120-0975",
    procedure="Cấp giấy phép xây dựng mới đối với công trình cấp III, cấp IV và nhà ở riêng lẻ",
    matter="Xây dựng nhà ở riêng lẻ 02 tầng",
    reasons=(
        "Thửa đất thuộc khu vực đã có thông báo thu hồi đất số 45/TB-UBND ngày 12/10/2026.",
        "Bản vẽ thiết kế không do tổ chức có đủ điều kiện năng lực lập.",
    ),
    refused_by="Lê Thị Hồng Vân",
    refused_at=at(9, 40),
    submitter=APPLICANT.name,
    contact_phone="0262 3 812 345",
)
COUNTER, OFFICE = "Trung tâm Phục vụ hành chính công", "Phòng Đăng ký đất đai"
CONTROL_SHEET = ControlSheet(
    letterhead=replace(LETTERHEAD, number="0975/PKS"),
    code=RECEIPT.code,
    procedure=RECEIPT.procedure,
    applicant=APPLICANT.name,
    agency="Sở Nông nghiệp và Môi trường",
    partners=("Chi cục Thuế khu vực XIV", "Ủy ban nhân dân phường Buôn Ma Thuột"),
    received_at=RECEIPT.received_at,
    due_at=RECEIPT.due_at,
    finished_at=at(10, 30, day=26),
    verdict="Trước hạn",
    printed_at=at(16, 0, day=27),
    hand_overs=(
        HandOver(
            giver_unit=COUNTER, giver="Lê Thị Hồng Vân", receiver_unit=OFFICE, receiver="Phạm Văn Đức",
            work="Tiếp nhận, chuyển hồ sơ", at=at(10, 15), due_at=at(17), verdict="Đúng hạn",
        ),
        HandOver(
            giver_unit=OFFICE, giver="Phạm Văn Đức", receiver_unit=OFFICE, receiver="Y Blăng Niê",
            work="Phân công thụ lý", at=at(14, 0), due_at=at(17), verdict="Đúng hạn",
        ),
        HandOver(
            giver_unit=OFFICE, giver="Y Blăng Niê", receiver_unit=OFFICE, receiver="Phạm Văn Đức",
            work="Thẩm định hồ sơ", at=at(9, 20, day=25), due_at=at(17, day=24), verdict="Quá hạn",
            note="Chờ ý kiến của cơ quan thuế",
        ),
        HandOver(
            giver_unit=OFFICE, giver="Phạm Văn Đức", receiver_unit="Lãnh đạo Sở", receiver="Hoàng Minh Tuấn",
            work="Xem xét, trình ký", at=at(15, 45, day=25), due_at=at(17, day=26), verdict="Trước hạn",
        ),
        HandOver(
            giver_unit="Lãnh đạo Sở", giver="Hoàng Minh Tuấn", receiver_unit="Văn thư Sở", receiver="Đỗ Thị Mai",
            work="Ký kết quả", at=at(9, 10, day=26), due_at=at(17, day=26), verdict="Đúng hạn",
        ),
        HandOver(
            giver_unit="Văn thư Sở", giver="Đỗ Thị Mai", receiver_unit=COUNTER, receiver="Lê Thị Hồng Vân",
            work="Vào sổ, phát hành", at=at(10, 30, day=26), due_at=at(17, day=27), verdict="Trước hạn",
        ),
    ),
)  # fmt: skip
REGISTER = Register(
    letterhead=replace(LETTERHEAD, number="", on=None),
    book="2026",
    field="Đất đai",
    first=date(2026, 11, 1),
    last=date(2026, 11, 30),
    keeper="Lê Thị Hồng Vân",
    entries=tuple(
        Entry(
            number=number,
            code=f"H15.13-2611{1 + number % 28:02d}-{number:04d}",
            procedure=RECEIPT.procedure if number % 3 else "Đăng ký biến động đất đai",
            name=("Nguyễn Thị Tuyết Nhung", "Công ty TNHH Một thành viên Cà phê Ea Pốk", "Y Blăng Niê")[
                number % 3
            ],
            contact=f"{number} Lý Thường Kiệt, phường Buôn Ma Thuột; 0905 123 {number:03d}",
            agency="Sở Nông nghiệp và Môi trường",
            received_at=at(8, number % 60, day=2) + timedelta(days=number % 20),
            due_at=at(17, day=2) + timedelta(days=number % 20 + 7),
            returned_at=at(10, 12, day=2) + timedelta(days=number % 20 + 6) if number % 2 else None,
            return_way="Trực tiếp" if number % 4 else "Bưu chính công ích",
            receiver="Nguyễn Thị Tuyết Nhung" if number % 2 else "",
        )
        for number in range(1, 41)
    ),
)
HAND_OVER = HandOverList(
    letterhead=replace(LETTERHEAD, number="31/BG"),
    giver_unit="Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk",
    receiver_unit="Sở Nông nghiệp và Môi trường",
    at=at(15, 30),
    giver="Lê Thị Hồng Vân",
    receiver="Phạm Văn Đức",
    rows=tuple(
        HandOverRow(
            code=entry.code, procedure=entry.procedure, applicant=entry.name, received_at=entry.received_at,
            due_at=entry.due_at, sets=1, papers=5, note="Khẩn" if entry.number == 3 else "",
        )
        for entry in REGISTER.entries[:8]
    ),
)  # fmt: skip
PAPER_SLIP = PaperSlip(
    letterhead=replace(LETTERHEAD, number="04/PGHS"),
    giver_unit="Trung tâm Phục vụ hành chính công",
    receiver_unit="Sở Nông nghiệp và Môi trường",
    code=RECEIPT.code,
    procedure=RECEIPT.procedure,
    applicant=APPLICANT.name,
    received_at=RECEIPT.received_at,
    due_at=RECEIPT.due_at,
    components=RECEIPT.components,
    send_by=at(8, 20, day=23),
    at=at(16, 30),
    giver="Lê Thị Hồng Vân",
    carrier="Bưu điện tỉnh",
    arrived_at=at(9, 15, day=23),
    receiver="Đỗ Thị Mai",
    note="Nhận đủ",
)
RETURN_SLIP = ReturnSlip(
    letterhead=replace(LETTERHEAD, number="0610/PTKQ"),
    unit="Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk",
    code=RECEIPT.code,
    procedure=RECEIPT.procedure,
    applicant=APPLICANT,
    result="Giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất",
    result_number="CS 01234/2026",
    result_on=date(2026, 11, 26),
    returned_at=at(14, 20, day=26),
    due_at=RECEIPT.due_at,
    verdict="Trước hạn",
    receiver="Trần Quốc Hùng",
    receiver_is_applicant=False,
    receiver_paper="Giấy ủy quyền số 12/2026 ngày 18/11/2026",
    returned_by="Lê Thị Hồng Vân",
    given_back=("Giấy chứng nhận kết hôn (bản chính)",),
    note="Đã nộp đủ phí, lệ phí",
    tracking_url=RECEIPT.tracking_url,
    result_kind="Giấy chứng nhận",
    is_signed_electronically=True,
    receiver_phone="0914 222 333",
    contact_phone="0262 3 812 345",
)
CERTIFIED_RECEIPT = replace(
    PLAIN_RECEIPT,
    procedure="Chứng thực bản sao từ bản chính",
    components=(
        Component(name="Bằng tốt nghiệp đại học", pages=2, quantity=3),
        Component(name="Giấy khai sinh", pages=1, quantity=2),
    ),
    certification=Certification(pages=3, paper_copies=5, is_electronic=True),
    limit="Trong ngày",
    due_at=at(17),
)
SUPPLEMENT = Supplement(
    letterhead=replace(LETTERHEAD, number="12/PBS"),
    unit="Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk",
    applicant=APPLICANT,
    code=RECEIPT.code,
    procedure=RECEIPT.procedure,
    matter=RECEIPT.matter,
    papers=(
        WantedPaper(
            name="Trích đo bản đồ địa chính thửa đất", reason="Bản nộp thiếu tọa độ ranh giới", originals=1
        ),
        WantedPaper(name="Giấy chứng nhận kết hôn", reason="Chưa nộp", certified=1),
        WantedPaper(
            name="Chứng từ thực hiện nghĩa vụ tài chính", reason="Bản nộp mờ, không đọc được", copies=2
        ),
    ),
    reasons=("Hồ sơ chưa đủ thành phần theo quy định của thủ tục.", "Trích đo chưa đúng quy cách."),
    asked_at=at(10, 20, day=23),
    answer_by=at(17, day=8, month=12),
    guide="Y Blăng Niê",
    contact="ông Y Blăng Niê, Phòng Đăng ký đất đai",
    contact_phone="0262 3 812 345",
    tracking_url=RECEIPT.tracking_url,
)
APOLOGY = Apology(
    letterhead=replace(
        LETTERHEAD, agency="Sở Nông nghiệp và Môi trường", number="07/PXL", on=date(2026, 11, 27)
    ),
    applicant=APPLICANT,
    code=RECEIPT.code,
    procedure=RECEIPT.procedure,
    matter=RECEIPT.matter,
    agency="Sở Nông nghiệp và Môi trường",
    received_at=RECEIPT.received_at,
    promised_at=at(17, day=30),
    new_due_at=at(17, day=4, month=12),
    reason="Chờ ý kiến xác định nguồn gốc sử dụng đất của Ủy ban nhân dân phường Buôn Ma Thuột.",
    signer="Hoàng Minh Tuấn",
    signer_title="Phó Giám đốc",
    standing="KT. GIÁM ĐỐC",
    contact_phone="0262 3 812 345",
    tracking_url=RECEIPT.tracking_url,
)
STOP = Stop(
    letterhead=replace(LETTERHEAD, number="03/TBD"),
    unit="Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk",
    applicant=APPLICANT,
    code=RECEIPT.code,
    procedure=RECEIPT.procedure,
    matter=RECEIPT.matter,
    agency="Sở Nông nghiệp và Môi trường",
    received_at=RECEIPT.received_at,
    asked_at=at(9, 10, day=25),
    stopped_at=at(9, 30, day=25),
    stage="Đang thẩm định tại Phòng Đăng ký đất đai",
    reason="Người nộp hồ sơ thay đổi nhu cầu, đề nghị dừng giải quyết.",
    money="Đã thu 150.000 đồng; hoàn trả theo quy định của pháp luật chuyên ngành",
    given_back=("Giấy chứng sinh (bản chính)", "Giấy chứng nhận kết hôn (bản chính)"),
    stopped_by="Lê Thị Hồng Vân",
    contact_phone="0262 3 812 345",
    tracking_url=RECEIPT.tracking_url,
)
PROCESS_REPORT = ProcessReport(
    letterhead=replace(LETTERHEAD, number="0975/QTXL"),
    code=RECEIPT.code,
    procedure=RECEIPT.procedure,
    matter=RECEIPT.matter,
    applicant=APPLICANT.name,
    agency="Sở Nông nghiệp và Môi trường",
    state="Có kết quả tại Một cửa",
    holder="Lê Thị Hồng Vân",
    received_at=RECEIPT.received_at,
    due_at=RECEIPT.due_at,
    finished_at=at(10, 30, day=26),
    verdict="Trước hạn",
    printed_at=at(16, 0, day=27),
    steps=tuple(
        ProcessStep(
            at=step.at, by=step.giver, unit=step.giver_unit, act=step.work, to=step.receiver, due_at=step.due_at,
            verdict=step.verdict, note=step.note,
        )
        for step in CONTROL_SHEET.hand_overs
    ),
)  # fmt: skip
BATCH_RECEIPT = BatchReceipt(
    letterhead=replace(LETTERHEAD, number="18/GTNN"),
    unit="Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk",
    submitter=replace(APPLICANT, name="Trần Quốc Hùng", id_number="066085004321"),
    receiver="Lê Thị Hồng Vân",
    received_at=at(8, 40),
    rows=tuple(
        BatchRow(
            code=entry.code, procedure=entry.procedure, applicant=entry.name, agency=entry.agency,
            received_at=at(8, 5 + entry.number), due_at=at(17, day=30), limit="05 ngày làm việc",
        )
        for entry in REGISTER.entries[:6]
    ),
    return_place=RECEIPT.return_place,
    contact_phone="0262 3 812 345",
    tracking_url="https://motcua.daklak.example/tra-cuu/",
)  # fmt: skip
RESULT_LIST = ResultList(
    letterhead=replace(LETTERHEAD, agency="Sở Nông nghiệp và Môi trường", number="22/BGKQ"),
    giver_unit="Sở Nông nghiệp và Môi trường",
    receiver_unit="Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk",
    at=at(15, 30, day=26),
    giver="Đỗ Thị Mai",
    receiver="Lê Thị Hồng Vân",
    rows=tuple(
        ResultRow(
            code=entry.code, procedure=entry.procedure, applicant=entry.name, address="25 Lý Thường Kiệt, phường Tân Lập",
            result="Giấy chứng nhận quyền sử dụng đất", number=f"CS {entry.number:05d}/2026", issued_on=date(2026, 11, 26),
            has_fee=entry.number == 2, is_posted=entry.number % 3 == 0,
        )
        for entry in REGISTER.entries[:6]
    ),
)  # fmt: skip
FEE_RECEIPT = FeeReceipt(
    letterhead=replace(LETTERHEAD, number=""),
    collector_unit="Trung tâm Phục vụ hành chính công tỉnh Đắk Lắk",
    tax_code="6000181156",
    template="01BLP1-001",
    symbol="ĐL-26P",
    serial="0000123",
    kind="phí",
    charge="Phí thẩm định cấp giấy chứng nhận quyền sử dụng đất",
    procedure=RECEIPT.procedure,
    code=RECEIPT.code,
    payer=APPLICANT,
    amount=2_115_104,
    amount_in_words=vnd_in_words(2_115_104).capitalize(),
    paid_at=at(8, 20),
    collector="Lê Thị Hồng Vân",
    way="tiền mặt",
)
SAMPLES: dict[Form, Facts] = {
    Form.RECEIPT: RECEIPT,
    Form.SUPPLEMENT: SUPPLEMENT,
    Form.REFUSAL: REFUSAL,
    Form.APOLOGY: APOLOGY,
    Form.STOP: STOP,
    Form.CONTROL_SHEET: CONTROL_SHEET,
    Form.REGISTER: REGISTER,
    Form.BATCH_RECEIPT: BATCH_RECEIPT,
    Form.PROCESS_REPORT: PROCESS_REPORT,
    Form.HAND_OVER: HAND_OVER,
    Form.RESULT_LIST: RESULT_LIST,
    Form.RETURN_SLIP: RETURN_SLIP,
    Form.PAPER_SLIP: PAPER_SLIP,
    Form.FEE_RECEIPT: FEE_RECEIPT,
}
