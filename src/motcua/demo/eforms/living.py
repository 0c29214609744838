"""Cư trú, an sinh, lý lịch: forms of residence, of social help, of insurance and of criminal records, in our own words."""

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

CT01 = "Tờ khai thay đổi thông tin cư trú CT01 (mẫu của Bộ Công an)"
HOUSEMATES = rows(
    "members", "Những người cùng thay đổi", "Người", ask("name", "Họ và tên", W.NAME), ask("born", "Ngày sinh", W.PARTIAL_DATE),
    choose("gender", "Giới tính", GENDERS), maybe("number", "Số định danh cá nhân", W.PERSONAL_NUMBER),
    choose("to_head", "Là gì của chủ hộ?", (("CHU_HO", "Chủ hộ"), *RELATIONS), W.SELECT), most=15,
)  # fmt: skip
HEAD = (
    choose("is_head", "Bạn là chủ hộ?", (("CO", "Phải"), ("KHONG", "Không, tôi vào hộ của người khác"))),
    ask("head_name", "Họ tên chủ hộ", W.NAME, show_if=is_("is_head", "KHONG")),
    ask("head_number", "Số định danh của chủ hộ", W.PERSONAL_NUMBER, show_if=is_("is_head", "KHONG")),
    choose("head_relation", "Bạn là gì của chủ hộ?", RELATIONS, W.SELECT, show_if=is_("is_head", "KHONG")),
)
OWNER = (
    choose("house", "Chỗ ở này là", (("CUA_MINH", "Nhà của tôi"), ("NGUOI_THAN", "Nhà của vợ, chồng, cha, mẹ, con"), ("THUE", "Nhà thuê, mượn, ở nhờ"))),
    ask("owner_name", "Họ tên chủ nhà", W.NAME, show_if=in_("house", "NGUOI_THAN", "THUE")),
    ask("owner_agrees", "Chủ nhà và chủ hộ đã đồng ý", W.STATEMENT, show_if=in_("house", "NGUOI_THAN", "THUE")),
    ask("area", "Diện tích nhà (m²)", W.NUMBER, decimals=2, show_if=is_("house", "THUE")),
    ask("living", "Số người sẽ ở", W.NUMBER, least=1, most=200, show_if=is_("house", "THUE")),
    ask("share", "Diện tích mỗi người (m²)", W.COMPUTED, computed={"round": [{"/": [{"var": "area"}, {"var": "living"}]}, 2]}, show_if=is_("house", "THUE"), help="Diện tích tối thiểu do tỉnh quy định; cán bộ sẽ đối chiếu"),
)  # fmt: skip

PERMANENT = form(
    "thuong-tru", "1.004222", CT01, "Đăng ký thường trú",
    page("nguoi_khai", "Bạn là ai?", *me(choose("gender", "Giới tính", GENDERS, source="account.gender"), ask("born", "Ngày sinh", W.DATE, source="account.born_on"))),
    page("noi_den", "Nơi chuyển đến", ask("new_home", "Địa chỉ chuyển đến", W.ADDRESS, has_old_form=False), ask("old_home", "Nơi thường trú hiện nay", W.ADDRESS), *OWNER),
    page("ho", "Hộ gia đình", *HEAD, HOUSEMATES), truth(),
)  # fmt: skip

TEMPORARY = form(
    "tam-tru", "1.004194", CT01, "Đăng ký tạm trú",
    page("nguoi_khai", "Bạn là ai?", *me(choose("gender", "Giới tính", GENDERS, source="account.gender"), ask("born", "Ngày sinh", W.DATE, source="account.born_on"))),
    page(
        "noi_o", "Nơi tạm trú", ask("stay", "Địa chỉ tạm trú", W.ADDRESS, has_old_form=False), ask("permanent", "Nơi thường trú", W.ADDRESS),
        ask("from_on", "Từ ngày", W.DATE), ask("to_on", "Đến ngày", W.DATE),
        ask("length", "Số ngày tạm trú", W.COMPUTED, computed={"days": [{"var": "from_on"}, {"var": "to_on"}]}, help="Mỗi lần đăng ký nhiều nhất 2 năm"),
        choose("reason", "Lý do", (("LAM", "Làm việc"), ("HOC", "Học tập"), ("KHAC", "Lý do khác"))), ask("reason_other", "Ghi rõ lý do", show_if=is_("reason", "KHAC")),
        choose("house", "Chỗ ở này là", (("CUA_MINH", "Nhà của tôi"), ("THUE", "Nhà thuê, mượn, ở nhờ"))), ask("owner_name", "Họ tên chủ nhà", W.NAME, show_if=is_("house", "THUE")),
    ),
    page("ho", "Người cùng tạm trú", HOUSEMATES), truth(),
)  # fmt: skip

REMOVAL = form(
    "xoa-thuong-tru", "1.003197", CT01, "Xóa đăng ký thường trú",
    page("nguoi_khai", "Bạn là ai?", *me()),
    page(
        "nguoi_xoa", "Người cần xóa đăng ký", *person("subject", "người ấy"),
        choose("why", "Vì sao?", (("MAT", "Đã mất"), ("NUOC_NGOAI", "Ra nước ngoài định cư"), ("THOI_QUOC_TICH", "Thôi quốc tịch Việt Nam"), ("KHAC", "Lý do khác"))),
        ask("died_on", "Ngày mất", W.DATE, show_if=is_("why", "MAT")), ask("why_other", "Ghi rõ lý do", show_if=is_("why", "KHAC")),
    ),
    truth(),
)  # fmt: skip

SUPPORT = form(
    "tro-cap-xa-hoi", "1.001776", "Tờ khai đề nghị trợ giúp xã hội (mẫu của Chính phủ)", "Trợ cấp xã hội hằng tháng",
    page("nguoi_khai", "Bạn là ai?", *me(choose("for_whom", "Bạn khai cho ai?", (("TOI", "Cho chính tôi"), ("NGUOI_KHAC", "Cho người khác"))))),
    page("nguoi_huong", "Người hưởng", *person("subject", "người hưởng"), choose("subject_gender", "Giới tính", GENDERS), ask("subject_age", "Tuổi", W.COMPUTED, computed={"age": [{"var": "subject_born"}]})),
    page(
        "hoan_canh", "Hoàn cảnh",
        choose("act", "Bạn đề nghị", (("MOI", "Hưởng lần đầu"), ("DIEU_CHINH", "Điều chỉnh mức hưởng"), ("THOI", "Thôi hưởng"))),
        choose("kind", "Thuộc diện nào?", (("CAO_TUOI", "Người cao tuổi"), ("KHUYET_TAT", "Người khuyết tật"), ("DON_THAN", "Người đơn thân nghèo nuôi con"), ("TRE_EM", "Trẻ em không có nguồn nuôi dưỡng"), ("HIV", "Người nhiễm HIV thuộc hộ nghèo"))),
        choose("degree", "Mức độ khuyết tật trên giấy xác nhận", (("DAC_BIET_NANG", "Đặc biệt nặng"), ("NANG", "Nặng"), ("NHE", "Nhẹ")), show_if=is_("kind", "KHUYET_TAT")),
        ask("disability_number", "Số giấy xác nhận khuyết tật", length=60, show_if=is_("kind", "KHUYET_TAT")),
        ask("has_pension", "Đang có lương hưu hoặc trợ cấp bảo hiểm xã hội?", W.YES_NO), ask("pension", "Mỗi tháng bao nhiêu?", W.MONEY, show_if=is_("has_pension", True)),
        ask("is_poor", "Có thuộc hộ nghèo hoặc cận nghèo?", W.YES_NO),
        rows("children", "Con đang nuôi", "Con", ask("name", "Họ và tên", W.NAME), ask("born", "Ngày sinh", W.DATE), choose("study", "Đang học", (("CHUA", "Chưa đi học"), ("PHO_THONG", "Phổ thông"), ("NGHE", "Nghề, cao đẳng, đại học"), ("KHONG", "Không đi học"))), least=1, most=15, show_if=is_("kind", "DON_THAN")),
        group("dem", "", ask("young", "Số con dưới 16 tuổi", W.COMPUTED, computed={"count": ["children", {"<": [{"age": [{"row": "born"}]}, 16]}]}), show_if=is_("kind", "DON_THAN")),
    ),
    page(
        "nhan_tien", "Nhận tiền", choose("pay", "Bạn muốn nhận bằng cách nào?", (("TAI_KHOAN", "Chuyển khoản"), ("TIEN_MAT", "Tiền mặt tại điểm chi trả"))),
        ask("bank", "Ngân hàng", show_if=is_("pay", "TAI_KHOAN")), ask("account", "Số tài khoản", length=30, show_if=is_("pay", "TAI_KHOAN")), ask("holder", "Tên chủ tài khoản", show_if=is_("pay", "TAI_KHOAN")),
    ),
    truth(),
)  # fmt: skip

BURIAL = form(
    "mai-tang", "1.001731", "Tờ khai đề nghị hỗ trợ chi phí mai táng (mẫu của Chính phủ)", "Hỗ trợ chi phí mai táng",
    page("nguoi_khai", "Bạn là ai?", *me(choose("kind", "Bạn đứng ra với tư cách", (("CA_NHAN", "Cá nhân, gia đình"), ("TO_CHUC", "Cơ quan, tổ chức"))), ask("organisation", "Tên cơ quan, tổ chức", show_if=is_("kind", "TO_CHUC")))),
    page("nguoi_mat", "Người đã mất", *person("dead", "người đã mất"), ask("died_on", "Ngày mất", W.DATE), ask("benefit", "Trợ cấp đang hưởng"), ask("death_number", "Số trích lục khai tử", length=60)),
    page("nhan_tien", "Nhận tiền", choose("pay", "Bạn muốn nhận bằng cách nào?", (("TAI_KHOAN", "Chuyển khoản"), ("TIEN_MAT", "Tiền mặt"))), ask("bank", "Ngân hàng", show_if=is_("pay", "TAI_KHOAN")), ask("account", "Số tài khoản", length=30, show_if=is_("pay", "TAI_KHOAN"))),
    truth(),
)  # fmt: skip

INSURANCE = form(
    "the-bao-hiem-y-te", "1.001939", "Tờ khai tham gia, điều chỉnh thông tin TK1-TS (mẫu của Bảo hiểm xã hội Việt Nam)", "Thẻ bảo hiểm y tế",
    page("nguoi_khai", "Bạn là ai?", *me()),
    page(
        "nguoi_tham_gia", "Người tham gia", choose("for_whom", "Làm thẻ cho ai?", (("TOI", "Cho chính tôi"), ("TRE", "Cho trẻ em dưới 6 tuổi"), ("HO", "Cho cả hộ gia đình"))),
        group("tre", "Trẻ em", ask("child_name", "Họ và tên của trẻ", W.NAME), ask("child_born", "Ngày sinh", W.DATE), choose("child_gender", "Giới tính", GENDERS), maybe("child_number", "Số định danh của trẻ", W.PERSONAL_NUMBER), ask("child_age", "Tuổi", W.COMPUTED, computed={"age": [{"var": "child_born"}]}), show_if=is_("for_whom", "TRE")),
        rows("members", "Người trong hộ", "Người", ask("name", "Họ và tên", W.NAME), ask("born", "Ngày sinh", W.PARTIAL_DATE), maybe("number", "Số định danh cá nhân", W.PERSONAL_NUMBER), choose("has_card", "Đã có thẻ còn hạn?", (("CO", "Có"), ("KHONG", "Chưa"))), least=1, most=15, show_if=is_("for_whom", "HO")),
        group("dem", "", ask("needing", "Số người cần làm thẻ", W.COMPUTED, computed={"count": ["members", {"==": [{"row": "has_card"}, "KHONG"]}]}), show_if=is_("for_whom", "HO")),
    ),
    page("noi_kham", "Nơi khám và nhận thẻ", ask("clinic", "Nơi khám bệnh ban đầu"), choose("card", "Bạn muốn nhận", (("DIEN_TU", "Thẻ điện tử"), ("GIAY", "Thẻ giấy"))), ask("months", "Đóng mấy tháng?", W.NUMBER, least=1, most=12, show_if=in_("for_whom", "TOI", "HO"))),
    truth(),
)  # fmt: skip

RECORD = form(
    "ly-lich-tu-phap", "3.000333", "Tờ khai yêu cầu cấp Phiếu lý lịch tư pháp (mẫu của Bộ Công an)", "Phiếu lý lịch tư pháp",
    page("nguoi_khai", "Bạn là ai?", *me(choose("gender", "Giới tính", GENDERS, source="account.gender"), ask("born", "Ngày sinh", W.DATE, source="account.born_on"), ask("birth_place", "Nơi sinh", W.ADDRESS), maybe("other_name", "Tên gọi khác", length=100), choose("paper", "Giấy tờ tùy thân", PAPERS))),
    page("gia_dinh", "Cha, mẹ, vợ, chồng", group("cha", "Cha", *person("father", "cha", home=False, optional=True)[:3]), group("me", "Mẹ", *person("mother", "mẹ", home=False, optional=True)[:3]), group("vo_chong", "Vợ hoặc chồng", *person("spouse", "vợ hoặc chồng", home=False, optional=True)[:3])),
    page("noi_o", "Những nơi đã ở từ năm 14 tuổi", rows("homes", "", "Nơi ở", ask("moved_in", "Từ tháng, năm", W.PARTIAL_DATE), maybe("moved_out", "Đến tháng, năm", W.PARTIAL_DATE), ask("place", "Nơi ở"), ask("work", "Nghề nghiệp, nơi làm việc"), least=1, most=30)),
    page(
        "yeu_cau", "Bạn cần phiếu nào?", choose("number", "Loại phiếu", (("1", "Phiếu số 1"), ("2", "Phiếu số 2"))), ask("purpose", "Dùng để làm gì?"),
        ask("shows_bans", "Phiếu ghi cả việc cấm thành lập doanh nghiệp?", W.YES_NO, show_if=is_("number", "1")), ask("copies", "Số bản", W.NUMBER, least=1, most=20),
        ask("had_sentence", "Bạn có từng bị kết án không?", W.YES_NO), ask("sentence", "Ghi rõ án tích, ngày, tòa án", W.PARAGRAPH, show_if=is_("had_sentence", True)),
    ),
    truth(),
)  # fmt: skip

FORMS: tuple[DemoForm, ...] = (PERMANENT, TEMPORARY, REMOVAL, SUPPORT, BURIAL, INSURANCE, RECORD)
