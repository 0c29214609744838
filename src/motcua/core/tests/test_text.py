import unicodedata

import pytest

from motcua.core.text import fold, lexemes, reversed_fold, sort_key, tidy


class TestFold:
    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("Nguyễn Thị Ánh", "nguyen thi anh"),
            ("NGUYỄN   THỊ\tÁNH", "nguyen thi anh"),
            ("Đặng Đình Đức", "dang dinh duc"),
            ("hoà bình", "hoa binh"),
            ("hòa bình", "hoa binh"),
            ("thuỷ", "thuy"),
            ("thủy", "thuy"),
            ("Phường Bến Nghé, Quận 1", "phuong ben nghe quan 1"),
            ("Ươm tơ", "uom to"),
            ("ﬁle số 5", "file so 5"),
            ("  ", ""),
            ("Y Moan Êñuôl", "y moan enuol"),
            ("Ng\u200buyễn", "nguyen"),
        ],
    )
    def test_gives_one_key(self, text: str, key: str) -> None:
        assert fold(text) == key

    @pytest.mark.parametrize("text", ["Nguyễn Thị Ánh", "Đỗ Hữu Ước", "Trần Đức Thuỷ", "Lê Quỹ"])
    def test_does_not_care_for_the_unicode_form(self, text: str) -> None:
        forms = {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}

        assert len(forms) == 1

    def test_is_ascii_for_every_vietnamese_letter(self) -> None:
        letters = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"

        assert set(fold(letters.upper())) <= set("aeiouyd")

    def test_folding_twice_changes_nothing(self) -> None:
        assert (
            fold(fold("Trương Thị Mỹ-Hạnh (Bé)"))
            == fold("Trương Thị Mỹ-Hạnh (Bé)")
            == "truong thi my hanh be"
        )


class TestReversedFold:
    def test_begins_with_the_name_by_which_one_is_called(self) -> None:
        assert reversed_fold("Nguyễn Thị Ánh") == "anh thi nguyen"

    def test_words_of_several_texts_are_those_of_the_texts_joined(self) -> None:
        assert lexemes("Nguyễn Thị Ánh", "", "Cấp giấy phép") == lexemes("Nguyễn Thị Ánh Cấp giấy phép")
        assert lexemes("Đỗ", "Mã") == "do:1 ma:2"


class TestTidy:
    def test_composes_and_collapses(self) -> None:
        assert tidy(unicodedata.normalize("NFD", "  Nguyễn  Thị\u00a0Ánh ")) == "Nguyễn Thị Ánh"

    def test_keeps_case_and_signs(self) -> None:
        assert tidy("Công ty TNHH A&B – chi nhánh 2") == "Công ty TNHH A&B – chi nhánh 2"


class TestSortKey:
    def test_follows_the_vietnamese_alphabet(self) -> None:
        names = ["Đào", "Dung", "Ân", "Ăn", "An", "Em", "Êm", "Ơn", "Ôn", "On", "Út", "Ưng", "Bảo"]

        assert sorted(names, key=sort_key) == [
            "An", "Ăn", "Ân", "Bảo", "Dung", "Đào", "Em", "Êm", "On", "Ôn", "Ơn", "Út", "Ưng",
        ]  # fmt: skip

    def test_orders_tones_when_the_letters_are_the_same(self) -> None:
        assert sorted(["mạ", "má", "mã", "mả", "mà", "ma"], key=sort_key) == [
            "ma",
            "mà",
            "mả",
            "mã",
            "má",
            "mạ",
        ]

    def test_puts_a_shorter_word_first(self) -> None:
        assert sorted(["Hoà An", "Hoàng", "Hoà"], key=sort_key) == ["Hoà", "Hoà An", "Hoàng"]
