from datetime import date

import pytest

from motcua.core.codes import (
    DEFAULT_PATTERN,
    DossierCode,
    NotADossierCode,
    NotAnAgencyCode,
    check_agency_code,
    dossier_code,
    normalise_agency_code,
    parse_dossier_code,
)

PATTERNS = [DEFAULT_PATTERN, "{agency}/{ddmmyyyy}/AA{number:06d}", "{yyyymmdd}.{number}.{agency}"]
DAY = date(2026, 10, 8)


class TestNormaliseAgencyCode:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("H15", "H15"),
            (" h15.13 ", "H15.13"),
            ("000.00.13.H15", "H15.13"),
            ("000.00.00.H37", "H37"),
            ("001.05.13.H15", "H15.13.05.001"),
            ("H15.50.05.13", "H15.50.05.13"),
            ("H01.187", "H01.187"),
        ],
    )
    def test_gives_the_form_of_today(self, text: str, code: str) -> None:
        assert normalise_agency_code(text) == code

    def test_is_stable(self) -> None:
        assert normalise_agency_code(normalise_agency_code("000.00.13.H15")) == "H15.13"

    @pytest.mark.parametrize("text", ["", "15", "HH15", "H15..13", "H15.1-3", "000.00.13", "Đ15", "H١٥"])
    def test_refuses_what_is_no_code(self, text: str) -> None:
        with pytest.raises(NotAnAgencyCode):
            normalise_agency_code(text)


class TestCheckAgencyCode:
    def test_allows_35_characters_and_no_more(self) -> None:
        longest = "H15" + ".1234567" * 4
        assert len(longest) == 35

        check_agency_code(longest)
        with pytest.raises(NotAnAgencyCode, match="35"):
            check_agency_code(longest + "8")


class TestDossierCode:
    def test_has_the_shape_of_real_codes(self) -> None:
        assert dossier_code(DEFAULT_PATTERN, "H15.50.05.13", DAY, 975) == "H15.50.05.13-261008-0975"

    def test_grows_past_four_digits(self) -> None:
        assert dossier_code(DEFAULT_PATTERN, "H15", DAY, 12_345) == "H15-261008-12345"

    @pytest.mark.parametrize(
        "pattern", [DEFAULT_PATTERN, "{agency}/{ddmmyyyy}/AA{number:06d}", "{yyyymmdd}.{number}.{agency}"]
    )
    def test_reads_back_what_it_wrote(self, pattern: str) -> None:
        written = dossier_code(pattern, "H15.13", DAY, 42)

        assert parse_dossier_code(written, pattern) == DossierCode("H15.13", DAY, 42)

    def test_reads_the_old_agency_form(self) -> None:
        assert parse_dossier_code(" 000.00.01.H29-240115-0001 ") == DossierCode(
            "H29.01", date(2024, 1, 15), 1
        )

    @pytest.mark.parametrize("text", ["", "H15-261008", "H15-261308-0001", "H15-261008-001", "X-261008-0001"])
    def test_refuses_what_is_no_code(self, text: str) -> None:
        with pytest.raises(NotADossierCode, match=r"H15\.13-261008-0975"):
            parse_dossier_code(text)

    def test_refuses_a_pattern_that_lacks_a_part(self) -> None:
        with pytest.raises(ValueError, match="pattern"):
            parse_dossier_code("H15-0001", "{agency}-{number:04d}")
