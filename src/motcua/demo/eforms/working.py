"""Kinh doanh, xây dựng, đất đai: forms for a household business, a house, a piece of land, in our own words."""

from __future__ import annotations

from motcua.demo.eforms.blocks import (
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
    rows,
    truth,
)
from motcua.service.forms.definition import OwnSignature

BUSINESS = form(
    "ho-kinh-doanh", "1.001612", "Giấy đề nghị đăng ký hộ kinh doanh (mẫu của Bộ Tài chính)", "Đăng ký thành lập hộ kinh doanh",
    page("chu_ho", "Chủ hộ kinh doanh", *me(ask("born", "Ngày sinh", W.DATE, source="account.born_on"), ask("age", "Tuổi", W.COMPUTED, computed={"age": [{"var": "born"}]}))),
    page(
        "ho", "Hộ kinh doanh", ask("name", "Tên hộ kinh doanh", length=200, law="Tên hộ kinh doanh", help="Không trùng với hộ khác trong cùng xã, phường"),
        ask("place", "Địa điểm kinh doanh", W.ADDRESS, has_old_form=False), ask("starts_on", "Ngày bắt đầu", W.DATE), ask("phone", "Điện thoại của hộ", W.PHONE, source="account.phone"),
        maybe("website", "Trang mạng", length=200),
    ),
    page(
        "nganh", "Ngành nghề, vốn, lao động",
        rows("trades", "Ngành nghề", "Ngành", ask("trade", "Tên ngành"), maybe("code", "Mã ngành cấp 4", length=5), choose("is_main", "Ngành chính?", (("CO", "Phải"), ("KHONG", "Không"))), least=1, most=20),
        group("von", "Vốn và lao động", ask("capital", "Vốn kinh doanh", W.MONEY, least=1), ask("workers", "Số lao động dự kiến", W.NUMBER, least=0, most=10_000)),
    ),
    page(
        "thanh_lap", "Ai thành lập?", choose("founder", "Chủ thể thành lập", (("CA_NHAN", "Một mình tôi"), ("GIA_DINH", "Các thành viên hộ gia đình"))),
        rows("members", "Thành viên hộ gia đình", "Thành viên", ask("member", "Họ và tên", W.NAME), ask("number", "Số định danh cá nhân", W.PERSONAL_NUMBER), ask("share", "Vốn góp", W.MONEY), least=1, most=20, show_if=is_("founder", "GIA_DINH")),
        group("cong", "", ask("shares", "Cộng vốn góp của thành viên (đồng)", W.COMPUTED, computed={"sum": ["members", {"row": "share"}]}), show_if=is_("founder", "GIA_DINH")),
    ),
    page("thue", "Thuế", choose("tax", "Cách nộp thuế", (("KE_KHAI", "Kê khai"), ("TUNG_LAN", "Từng lần phát sinh"))), maybe("tax_home", "Địa chỉ nhận thông báo thuế nếu khác", W.ADDRESS, has_old_form=False)),
    truth(ask("not_banned", "Tôi không thuộc người bị cấm kinh doanh và không làm chủ hộ kinh doanh khác", W.STATEMENT)),
    signature=OwnSignature.MAY,
)  # fmt: skip

HOUSE = form(
    "giay-phep-xay-dung", "1.013225", "Đơn đề nghị cấp giấy phép xây dựng (mẫu của Chính phủ)", "Giấy phép xây dựng",
    page("chu_dau_tu", "Chủ đầu tư", *me(choose("owner", "Bạn là", (("CA_NHAN", "Cá nhân, hộ gia đình"), ("TO_CHUC", "Tổ chức"))), ask("organisation", "Tên tổ chức", source="account.organisation", show_if=is_("owner", "TO_CHUC")), ask("tax", "Mã số thuế", length=14, source="account.tax_code", show_if=is_("owner", "TO_CHUC")))),
    page(
        "dat", "Thửa đất", ask("plot", "Thửa đất số", length=30), ask("sheet", "Tờ bản đồ số", length=30), ask("land_area", "Diện tích thửa đất (m²)", W.NUMBER, decimals=2),
        ask("land_place", "Địa chỉ thửa đất", W.ADDRESS, has_old_form=False), maybe("land_paper", "Số giấy chứng nhận quyền sử dụng đất", length=60),
    ),
    page(
        "cong_trinh", "Công trình",
        choose("work", "Loại công trình", (("NHA_O", "Nhà ở riêng lẻ"), ("KHONG_TUYEN", "Công trình không theo tuyến"), ("THEO_TUYEN", "Công trình theo tuyến"))),
        choose("grade", "Cấp công trình", (("III", "Cấp III"), ("IV", "Cấp IV"))),
        ask("first_floor", "Diện tích tầng 1 (m²)", W.NUMBER, decimals=2, law="Diện tích xây dựng tầng 1", show_if=in_("work", "NHA_O", "KHONG_TUYEN")),
        ask("floors", "Số tầng", W.NUMBER, least=1, most=60, help="Không tính tầng hầm, tầng lửng", show_if=in_("work", "NHA_O", "KHONG_TUYEN")),
        ask("total_area", "Tổng diện tích sàn (m²)", W.NUMBER, decimals=2, show_if=in_("work", "NHA_O", "KHONG_TUYEN")),
        ask("density", "Mật độ xây dựng (%)", W.COMPUTED, computed={"round": [{"*": [{"/": [{"var": "first_floor"}, {"var": "land_area"}]}, 100]}, 1]}, show_if=in_("work", "NHA_O", "KHONG_TUYEN")),
        ask("height", "Chiều cao (m)", W.NUMBER, decimals=2, show_if=in_("work", "NHA_O", "KHONG_TUYEN")),
        maybe("basement", "Chiều sâu tầng hầm (m)", W.NUMBER, decimals=2, show_if=in_("work", "NHA_O", "KHONG_TUYEN")),
        ask("length_m", "Tổng chiều dài tuyến (m)", W.NUMBER, decimals=2, show_if=is_("work", "THEO_TUYEN")),
        ask("cost", "Tổng chi phí dự kiến", W.MONEY),
    ),
    page(
        "thiet_ke", "Thiết kế và thời gian", choose("designed", "Ai thiết kế?", (("TO_CHUC", "Tổ chức, cá nhân có năng lực"), ("TU_LAM", "Hộ gia đình tự thiết kế"))),
        ask("designer", "Tên đơn vị thiết kế", show_if=is_("designed", "TO_CHUC")), maybe("designer_code", "Mã số chứng chỉ", length=60, show_if=is_("designed", "TO_CHUC")),
        ask("begins_on", "Dự kiến khởi công", W.DATE), ask("months", "Làm trong bao nhiêu tháng?", W.NUMBER, least=1, most=120),
    ),
    truth(ask("follows", "Tôi xây đúng giấy phép được cấp", W.STATEMENT)),
)  # fmt: skip

LAND = form(
    "bien-dong-dat-dai", "1.013831", "Đơn đăng ký biến động đất đai, tài sản gắn liền với đất (mẫu của Chính phủ)", "Đăng ký biến động đất đai",
    page("nguoi_khai", "Bạn là ai?", *me(choose("role", "Bạn là", (("NHAN", "Bên nhận"), ("CHUYEN", "Bên chuyển"), ("UY_QUYEN", "Người được ủy quyền"))))),
    page(
        "viec", "Biến động", choose("act", "Việc", (("CHUYEN_NHUONG", "Mua bán, chuyển nhượng"), ("TANG_CHO", "Tặng cho"), ("THUA_KE", "Thừa kế"))),
        ask("price", "Giá ghi trong hợp đồng", W.MONEY, show_if=is_("act", "CHUYEN_NHUONG")), ask("contract", "Số hợp đồng, văn bản công chứng hoặc chứng thực"), ask("contract_on", "Ngày", W.DATE),
        ask("is_family", "Hai bên là vợ chồng, cha mẹ con, ông bà cháu, anh chị em ruột?", W.YES_NO, show_if=in_("act", "TANG_CHO", "THUA_KE"), help="Có thể được miễn thuế, lệ phí"),
        choose("family", "Là quan hệ gì?", (("VO_CHONG", "Vợ chồng"), ("CHA_ME_CON", "Cha mẹ và con"), ("ONG_BA_CHAU", "Ông bà và cháu"), ("ANH_CHI_EM", "Anh chị em ruột")), show_if=is_("is_family", True)),
    ),
    page(
        "thua", "Thửa đất",
        rows("plots", "", "Thửa", ask("plot", "Thửa số", length=30), ask("sheet", "Tờ bản đồ", length=30), ask("area", "Diện tích (m²)", W.NUMBER, decimals=2), ask("paper", "Số giấy chứng nhận", length=60), ask("book", "Số vào sổ cấp giấy", length=60), least=1, most=20),
        group("cong", "", ask("plots_area", "Cộng diện tích (m²)", W.COMPUTED, computed={"sum": ["plots", {"row": "area"}]}), ask("land_place", "Địa chỉ thửa đất", W.ADDRESS, help="Giấy cũ còn ghi huyện thì chọn địa chỉ cũ")),
        group("tai_san", "Nhà, tài sản trên đất", ask("has_house", "Có nhà hoặc tài sản chuyển cùng?", W.YES_NO), ask("house", "Mô tả", W.PARAGRAPH, length=600, show_if=is_("has_house", True))),
    ),
    page(
        "cac_ben", "Hai bên",
        rows("givers", "Bên chuyển", "Người", ask("name", "Họ và tên", W.NAME), ask("number", "Số định danh cá nhân", W.PERSONAL_NUMBER), least=1, most=20),
        rows("takers", "Bên nhận", "Người", ask("name", "Họ và tên", W.NAME), ask("number", "Số định danh cá nhân", W.PERSONAL_NUMBER), maybe("part", "Phần được hưởng", length=60, help="Ví dụ: một phần hai"), least=1, most=20),
    ),
    page("giay_moi", "Giấy chứng nhận", choose("paper_way", "Bạn muốn", (("GIAY_MOI", "Cấp giấy chứng nhận mới"), ("XAC_NHAN", "Xác nhận vào giấy đã có")))),
    truth(),
)  # fmt: skip

FORMS: tuple[DemoForm, ...] = (BUSINESS, HOUSE, LAND)
