import pytest

from motcua.core.money import in_words, vnd, vnd_in_words


class TestVnd:
    @pytest.mark.parametrize(
        ("amount", "text"),
        [(0, "0 đồng"), (999, "999 đồng"), (1_234_567, "1.234.567 đồng"), (-5_000, "-5.000 đồng")],
    )
    def test_groups_by_three(self, amount: int, text: str) -> None:
        assert vnd(amount) == text


class TestInWords:
    @pytest.mark.parametrize(
        ("number", "words"),
        [
            (0, "không"),
            (5, "năm"),
            (10, "mười"),
            (11, "mười một"),
            (14, "mười bốn"),
            (15, "mười lăm"),
            (20, "hai mươi"),
            (21, "hai mươi mốt"),
            (24, "hai mươi tư"),
            (55, "năm mươi lăm"),
            (100, "một trăm"),
            (105, "một trăm linh năm"),
            (1_000, "một nghìn"),
            (1_005, "một nghìn không trăm linh năm"),
            (20_000, "hai mươi nghìn"),
            (1_000_000, "một triệu"),
            (1_000_010, "một triệu không trăm mười"),
            (2_115_004, "hai triệu một trăm mười lăm nghìn không trăm linh bốn"),
            (1_000_000_000, "một tỷ"),
            (3_000_000_000_000, "ba nghìn tỷ"),
            (1_000_500_000, "một tỷ năm trăm nghìn"),
            (-7, "âm bảy"),
        ],
    )
    def test_reads_as_spoken(self, number: int, words: str) -> None:
        assert in_words(number) == words

    def test_ends_with_the_currency(self) -> None:
        assert vnd_in_words(2_115_004) == "hai triệu một trăm mười lăm nghìn không trăm linh bốn đồng"
