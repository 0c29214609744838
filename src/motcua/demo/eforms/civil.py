"""Hộ tịch, chứng thực: forms of civil status, after the declarations of the Ministry of Justice, in our own words."""

from __future__ import annotations

from motcua.demo.eforms.blocks import (
    GENDERS,
    PAPERS,
    RELATIONS,
    DemoForm,
    W,
    ask,
    choose,
    form,
    group,
    in_,
    is_,
    maybe,
    me,
    page,
    person,
    rows,
    truth,
)
from motcua.service.forms.definition import Signers

COPIES = ask("copies", "Bạn cần mấy bản sao?", W.NUMBER, least=1, most=50, help="Mỗi bản sao có thể mất phí")
REGISTERED = (
    ("KHAI_SINH", "Khai sinh"), ("KET_HON", "Kết hôn"), ("KHAI_TU", "Khai tử"), ("GIAM_HO", "Giám hộ"),
    ("NHAN_CON", "Nhận cha, mẹ, con"), ("THAY_DOI", "Thay đổi, cải chính hộ tịch"), ("KHAC", "Việc khác"),
)  # fmt: skip

BIRTH = form(
    "khai-sinh", "1.001193", "Tờ khai đăng ký khai sinh (mẫu của Bộ Tư pháp)", "Đăng ký khai sinh",
    page("nguoi_yeu_cau", "Bạn là ai?", *me(choose("relation", "Bạn là gì của trẻ?", RELATIONS, law="Quan hệ với người được khai sinh"))),
    page(
        "tre", "Trẻ được khai sinh",
        ask("child_name", "Họ và tên của trẻ", W.NAME, law="Họ, chữ đệm, tên người được khai sinh"),
        ask("child_born", "Ngày sinh", W.DATE, law="Ngày, tháng, năm sinh"),
        ask("child_days", "Số ngày từ khi sinh đến hôm nay", W.COMPUTED, computed={"days": [{"var": "child_born"}, {"today": []}]}, help="Đăng ký trong 60 ngày từ ngày sinh thì không mất lệ phí"),
        choose("child_gender", "Giới tính", GENDERS),
        ask("child_nation", "Dân tộc", length=60, help="Theo dân tộc của cha hoặc mẹ"),
        ask("child_citizen", "Quốc tịch", length=60, help="Ví dụ: Việt Nam"),
        choose("born_at", "Trẻ sinh ở đâu?", (("CO_SO_Y_TE", "Cơ sở y tế"), ("NOI_KHAC", "Nơi khác"))),
        ask("hospital", "Tên cơ sở y tế", show_if=is_("born_at", "CO_SO_Y_TE")),
        ask("birth_place", "Địa chỉ nơi sinh", W.ADDRESS, law="Nơi sinh"),
        choose("birth_paper", "Bạn có giấy tờ gì về việc sinh?", (("CHUNG_SINH", "Giấy chứng sinh"), ("LAM_CHUNG", "Văn bản của người làm chứng"), ("CAM_DOAN", "Chỉ có giấy cam đoan"))),
        ask("child_origin", "Quê quán", help="Ghi theo quê của cha hoặc mẹ"),
    ),
    page("me", "Mẹ của trẻ", choose("has_mother", "Có ghi tên mẹ không?", (("CO", "Có"), ("KHONG", "Không"))), group("nguoi_me", "", *person("mother", "mẹ"), show_if=is_("has_mother", "CO"))),
    page(
        "cha", "Cha của trẻ",
        choose("parents", "Cha và mẹ của trẻ", (("KET_HON", "Đã đăng ký kết hôn"), ("NHAN_CON", "Chưa kết hôn, cha nhận con"), ("KHONG_CHA", "Không ghi tên cha"))),
        group("nguoi_cha", "", *person("father", "cha"), show_if=in_("parents", "KET_HON", "NHAN_CON")),
        group("ket_hon", "Giấy chứng nhận kết hôn", maybe("marriage_number", "Số", length=60), maybe("marriage_on", "Ngày cấp", W.DATE), show_if=is_("parents", "KET_HON")),
    ),
    truth(
        ask("wants_insurance", "Làm luôn thẻ bảo hiểm y tế cho trẻ?", W.YES_NO),
        ask("insurance_place", "Nơi khám bệnh ban đầu", show_if=is_("wants_insurance", True)),
        maybe("copies", "Số bản sao giấy khai sinh", W.NUMBER, least=0, most=20),
    ),
)  # fmt: skip

MARRIED_BEFORE = (("CHUA", "Chưa kết hôn lần nào"), ("LY_HON", "Đã ly hôn"), ("MAT", "Vợ hoặc chồng đã mất"))


def _side(head: str, key: str, who: str, **more: str) -> object:
    first = ask(f"{head}_name", f"Họ và tên {who}", W.NAME, **more)
    return page(
        key, f"Bên {who}", first, *person(head, who)[1:],
        choose(f"{head}_paper", "Giấy tờ tùy thân", PAPERS), ask(f"{head}_paper_number", "Số giấy tờ", length=40),
        choose(f"{head}_before", "Trước lần này", MARRIED_BEFORE, law="Kết hôn lần thứ mấy"),
        ask(f"{head}_times", "Đây là lần kết hôn thứ mấy?", W.NUMBER, least=2, most=20, show_if=in_(f"{head}_before", "LY_HON", "MAT")),
        ask(f"{head}_age", "Tuổi vào hôm nay", W.COMPUTED, computed={"age": [{"var": f"{head}_born"}]}),
    )  # fmt: skip


MARRIAGE = form(
    "ket-hon", "1.000894", "Tờ khai đăng ký kết hôn (mẫu của Bộ Tư pháp)", "Đăng ký kết hôn",
    _side("husband", "ben_nam", "nam"), _side("wife", "ben_nu", "nữ"),  # type: ignore[arg-type]
    truth(
        ask("contact_phone", "Điện thoại để hẹn ngày hai bên cùng đến ký", W.PHONE, source="account.phone"),
        maybe("copies", "Số bản sao trích lục kết hôn", W.NUMBER, least=0, most=20),
        ask("is_willing", "Hai bên tự nguyện kết hôn, không ai đang có vợ hoặc chồng", W.STATEMENT),
    ),
    signers=Signers(label="Người kia của cặp đôi", least=1, most=1, level=2),
)  # fmt: skip

DEATH = form(
    "khai-tu", "1.000656", "Tờ khai đăng ký khai tử (mẫu của Bộ Tư pháp)", "Đăng ký khai tử",
    page("nguoi_yeu_cau", "Bạn là ai?", *me(choose("relation", "Bạn là gì của người đã mất?", RELATIONS))),
    page(
        "nguoi_mat", "Người đã mất", *person("dead", "người đã mất", home=False), choose("dead_gender", "Giới tính", GENDERS),
        ask("dead_home", "Nơi cư trú cuối cùng", W.ADDRESS),
    ),
    page(
        "su_viec", "Việc qua đời", ask("died_on", "Ngày mất", W.PARTIAL_DATE), maybe("died_time", "Giờ, phút", length=20, help="Ví dụ: 15 giờ 30 phút"),
        ask("died_age", "Tuổi khi mất", W.COMPUTED, computed={"age": [{"var": "dead_born"}, {"var": "died_on"}]}),
        ask("died_at", "Nơi mất", W.ADDRESS), maybe("cause", "Nguyên nhân"),
        choose("paper", "Giấy tờ về việc qua đời", (("BAO_TU", "Giấy báo tử"), ("TOA_AN", "Quyết định của tòa án"), ("KHAC", "Giấy tờ khác thay giấy báo tử"))),
        ask("paper_number", "Số giấy tờ", length=60), ask("paper_on", "Ngày cấp", W.DATE), ask("paper_by", "Nơi cấp"),
    ),
    page(
        "tro_cap", "Hỗ trợ kèm theo", ask("wants_support", "Người mất có đang hưởng trợ cấp xã hội hằng tháng không?", W.YES_NO, help="Nếu có, gia đình có thể được hỗ trợ chi phí mai táng"),
        ask("support_kind", "Đang hưởng trợ cấp gì?", show_if=is_("wants_support", True)),
    ),
    truth(maybe("copies", "Số bản sao trích lục khai tử", W.NUMBER, least=0, most=20)),
)  # fmt: skip

STATUS = form(
    "tinh-trang-hon-nhan", "1.004873", "Tờ khai cấp Giấy xác nhận tình trạng hôn nhân (mẫu của Bộ Tư pháp)", "Xác nhận tình trạng hôn nhân",
    page("nguoi_yeu_cau", "Bạn là ai?", *me(choose("for_whom", "Bạn xin giấy cho ai?", (("TOI", "Cho chính tôi"), ("NGUOI_KHAC", "Cho người khác, theo ủy quyền"))))),
    page("nguoi_duoc_xac_nhan", "Người được xác nhận", *person("subject", "người được xác nhận"), show_if=is_("for_whom", "NGUOI_KHAC")),
    page(
        "tinh_trang", "Tình trạng hôn nhân",
        choose("status", "Hiện nay", (("CHUA", "Chưa đăng ký kết hôn với ai"), ("DANG", "Đang có vợ hoặc chồng"), ("LY_HON", "Đã ly hôn, chưa kết hôn lại"), ("MAT", "Vợ hoặc chồng đã mất, chưa kết hôn lại"))),
        ask("spouse", "Họ tên vợ hoặc chồng", W.NAME, show_if={"!=": [{"var": "status"}, "CHUA"]}),
        ask("ended_paper", "Số bản án, quyết định ly hôn hoặc trích lục khai tử", show_if=in_("status", "LY_HON", "MAT")),
        ask("ended_on", "Ngày của giấy tờ đó", W.DATE, show_if=in_("status", "LY_HON", "MAT")),
        ask("since", "Xin xác nhận từ ngày", W.PARTIAL_DATE), maybe("until", "Đến ngày", W.DATE, help="Để trống nếu đến nay"),
    ),
    page(
        "noi_o", "Những nơi đã ở",
        rows("homes", "", "Nơi ở", ask("place", "Địa chỉ"), ask("moved_in", "Từ ngày", W.PARTIAL_DATE), maybe("moved_out", "Đến ngày", W.PARTIAL_DATE), most=10),
        help="Ghi những nơi bạn đã thường trú từ khi đủ tuổi kết hôn.",
    ),
    page(
        "muc_dich", "Dùng để làm gì?", choose("purpose", "Mục đích", (("KET_HON", "Đăng ký kết hôn"), ("KHAC", "Việc khác"))),
        ask("partner", "Họ tên người dự định kết hôn", W.NAME, show_if=is_("purpose", "KET_HON")),
        ask("partner_number", "Số giấy tờ của người ấy", length=40, show_if=is_("purpose", "KET_HON")),
        ask("wed_at", "Nơi dự định đăng ký", show_if=is_("purpose", "KET_HON")),
        ask("other_purpose", "Ghi rõ việc cần dùng", show_if=is_("purpose", "KHAC"), help="Giấy này không dùng để đăng ký kết hôn"),
    ),
    truth(),
)  # fmt: skip

EXTRACT = form(
    "trich-luc", "2.000635", "Tờ khai cấp bản sao trích lục hộ tịch (mẫu của Bộ Tư pháp)", "Bản sao trích lục hộ tịch",
    page("nguoi_yeu_cau", "Bạn là ai?", *me(choose("relation", "Bạn là gì của người có tên trong giấy?", (("TOI", "Chính tôi"), *RELATIONS)))),
    page(
        "viec", "Bạn cần bản sao của việc gì?", choose("kind", "Việc đã đăng ký", REGISTERED, W.SELECT),
        ask("kind_other", "Ghi rõ việc", show_if=is_("kind", "KHAC")),
        ask("holder", "Họ tên người có tên trong giấy", W.NAME), ask("holder_born", "Ngày sinh", W.PARTIAL_DATE),
        maybe("holder_number", "Số định danh cá nhân", W.PERSONAL_NUMBER),
        ask("registered_at", "Nơi đã đăng ký", W.ADDRESS, help="Đăng ký trước tháng 7 năm 2025 thì chọn địa chỉ cũ"), maybe("book", "Số và quyển số", length=60), maybe("registered_on", "Ngày đăng ký", W.PARTIAL_DATE), COPIES,
    ),
    truth(),
)  # fmt: skip

CORRECTION = form(
    "cai-chinh-ho-tich", "1.004859", "Tờ khai thay đổi, cải chính, bổ sung hộ tịch (mẫu của Bộ Tư pháp)", "Thay đổi, cải chính, bổ sung hộ tịch",
    page("nguoi_yeu_cau", "Bạn là ai?", *me(choose("relation", "Bạn là gì của người cần sửa giấy tờ?", (("TOI", "Chính tôi"), *RELATIONS)))),
    page("nguoi_sua", "Người cần sửa giấy tờ", *person("subject", "người ấy"), ask("subject_age", "Tuổi", W.COMPUTED, computed={"age": [{"var": "subject_born"}]}),
         ask("child_agrees", "Người từ đủ 9 tuổi đến dưới 18 tuổi đồng ý đổi tên", W.STATEMENT, show_if={"and": [{">=": [{"var": "subject_age"}, 9]}, {"<": [{"var": "subject_age"}, 18]}]})),
    page(
        "noi_dung", "Cần sửa gì?", choose("act", "Việc", (("THAY_DOI", "Đổi họ, chữ đệm, tên"), ("CAI_CHINH", "Sửa thông tin ghi sai"), ("BO_SUNG", "Thêm thông tin còn thiếu"), ("DAN_TOC", "Xác định lại dân tộc"))),
        choose("register", "Ở giấy nào?", REGISTERED, W.SELECT), maybe("register_number", "Số và quyển số", length=60),
        rows("changes", "Những điều cần sửa", "Điều", ask("item", "Mục", help="Ví dụ: chữ đệm, năm sinh"), maybe("was", "Đang ghi"), ask("becomes", "Sửa thành"), least=1, most=10),
        group("vi_sao", "", ask("reason", "Vì sao?", W.PARAGRAPH, length=1000)),
    ),
    truth(),
)  # fmt: skip

CERTIFIED = form(
    "chung-thuc-ban-sao", "2.000815", "", "Chứng thực bản sao từ bản chính",
    page("nguoi_yeu_cau", "Bạn là ai?", *me()),
    page(
        "giay_to", "Giấy tờ cần chứng thực", rows(
            "originals", "", "Giấy tờ", ask("paper", "Tên giấy tờ", help="Ví dụ: Bằng tốt nghiệp"), ask("pages", "Số trang", W.NUMBER, least=1, most=500),
            ask("copies", "Số bản cần", W.NUMBER, least=1, most=100),
            ask("sheets", "Số trang phải chứng thực", W.COMPUTED, computed={"*": [{"row": "pages"}, {"row": "copies"}]}), least=1, most=20),
        group("cong", "", ask("total", "Cộng số trang", W.COMPUTED, computed={"sum": ["originals", {"row": "sheets"}]}), ask("has_originals", "Tôi sẽ mang bản chính đến đối chiếu", W.STATEMENT)),
    ),
    confidence="OWN",
)  # fmt: skip

FORMS: tuple[DemoForm, ...] = (BIRTH, MARRIAGE, DEATH, STATUS, EXTRACT, CORRECTION, CERTIFIED)
