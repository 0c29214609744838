from __future__ import annotations

import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection

from motcua.core.errors import DomainError, Forbidden, InvalidInput
from motcua.foundation.identity import checks, places
from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.operations.applicants import (
    AnotherName,
    ApplicantInput,
    find_or_create_applicant,
    search_applicants,
    update_applicant,
)
from motcua.foundation.identity.operations.looking import see_personal_number
from motcua.foundation.identity.sealing import BrokenSeal, keyed_hash, seal, unseal
from motcua.foundation.identity.tests.factories import AT, staff
from motcua.foundation.ledger.models import Line

TODAY = date(2026, 3, 2)
NUMBER = "030090123456"  # born in Hải Dương, a man of the 20th century, in 1990


def apply(**fields: Any) -> Applicant:
    accepts = fields.pop("accepts_new_name", False)
    data = ApplicantInput(**{"name": "Nguyễn Thị Hòa", **fields})
    return find_or_create_applicant(data, by=None, at=AT, accepts_new_name=accepts)


class TestName:
    @pytest.mark.parametrize(
        "name", ["Nguyễn Văn An", "H’Hen Niê", "Y Đức", "Lê-Anh", "Võ Thị Sáu Jr.", "Ô Y"]
    )
    def test_takes_what_people_are_called(self, name: str) -> None:
        assert checks.person_name(name) == name

    def test_composes_a_decomposed_name(self) -> None:
        assert checks.person_name(unicodedata.normalize("NFD", "Nguyễn  Đình Ứng ")) == "Nguyễn Đình Ứng"

    def test_counts_letters_after_composing(self) -> None:
        assert len(checks.person_name(unicodedata.normalize("NFD", "ễ" * 200))) == 200
        with pytest.raises(DomainError, match="tối đa 200 ký tự; bạn vừa nhập 300"):
            checks.person_name("ễ" * 300)

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("", "Hãy nhập"), ("   ", "Hãy nhập"), ("A", "ít nhất 2 chữ cái"), ("Ễ", "ít nhất 2 chữ cái"),
            (unicodedata.normalize("NFD", "Ễ"), "ít nhất 2 chữ cái"), ("..", "ít nhất 2 chữ cái"),
            ("Nguyễn Văn 2", "không có chữ số"), ("An <b>", "ký tự không dùng được"),
            ("An 😀 Bình", "ký tự không dùng được"),
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_name(self, name: str, says: str) -> None:
        with pytest.raises(DomainError, match=says) as refusal:
            checks.person_name(name)
        assert refusal.value.field == "name"


class TestPersonalNumber:
    def test_takes_twelve_digits_with_blanks(self) -> None:
        assert checks.personal_number(" 030 090 123 456 ", on=TODAY, birth_year=1990) == NUMBER

    @pytest.mark.parametrize(
        ("number", "says"),
        [
            ("03009012345", "đúng 12 chữ số; bạn vừa nhập 11"), ("0300901234567", "bạn vừa nhập 13"),
            ("03009012345A", "chỉ gồm chữ số"), ("०३००९०१२३४५६", "chỉ gồm chữ số"), ("000090123456", "001 đến 096"),
            ("097090123456", "001 đến 096"), ("030290123456", "tương lai"), ("030990123456", "tương lai"),
        ],
    )  # fmt: skip
    def test_refuses_a_wrong_structure(self, number: str, says: str) -> None:
        with pytest.raises(DomainError, match=says) as refusal:
            checks.personal_number(number, on=TODAY)
        assert refusal.value.field == "personal_number"

    def test_must_agree_with_the_year_of_birth(self) -> None:
        with pytest.raises(DomainError, match="năm sinh 1990, khác với năm sinh đã nhập"):
            checks.personal_number(NUMBER, on=TODAY, birth_year=1991)


class TestOtherChecks:
    @pytest.mark.parametrize("text", ["31/02/1990", "31-4-1990", "1990-02-30", "29/02/2023"])
    def test_refuses_a_day_that_is_in_no_calendar(self, text: str) -> None:
        with pytest.raises(DomainError, match="Không có ngày"):
            checks.birth(text, on=TODAY)

    @pytest.mark.parametrize("text", ["hôm qua", "1/1", "3/3/2026 9h", "19900"])
    def test_shows_how_a_day_is_written(self, text: str) -> None:
        with pytest.raises(DomainError, match="05/03/1990"):
            checks.birth(text, on=TODAY)

    def test_takes_a_day_or_a_year(self) -> None:
        assert checks.birth("5/3/1990", on=TODAY) == (date(1990, 3, 5), 1990)
        assert checks.birth("1955", on=TODAY) == (None, 1955)

    @pytest.mark.parametrize("text", ["03/03/2026", "1899", "2027", "01/01/1850"])
    def test_refuses_a_birth_out_of_time(self, text: str) -> None:
        with pytest.raises(DomainError):
            checks.birth(text, on=TODAY)

    def test_takes_phones_as_people_write_them(self) -> None:
        assert checks.phone("+84 912.345.678") == checks.phone("0912 345 678") == "0912345678"
        assert checks.phone("0220 3853 123") == "02203853123"

    @pytest.mark.parametrize("text", ["12345", "0112345678", "không có", "091234567890"])
    def test_refuses_what_is_no_phone(self, text: str) -> None:
        with pytest.raises(DomainError, match="0912 345 678"):
            checks.phone(text)

    def test_checks_the_digit_of_a_tax_code(self) -> None:
        assert checks.tax_code("0100233488") == "0100233488"
        assert checks.tax_code("0314409058-002") == "0314409058-002"
        with pytest.raises(DomainError, match="Mã số thuế chưa đúng"):
            checks.tax_code("0100233489")


class TestPlaces:
    def test_knows_the_34_provinces_and_their_communes(self) -> None:
        assert len(places.provinces()) == 34
        assert sum(len(places.wards(one.code)) for one in places.provinces()) == 3321
        assert places.wards("00") == ()

    def test_finds_a_commune_without_diacritics(self) -> None:
        names = [place.name for place in places.search("tu ky", province_code="31")]
        assert names[0] == "Xã Tứ Kỳ"

    def test_checks_that_the_commune_lies_in_the_province(self) -> None:
        checks.place("31", "11074")
        with pytest.raises(DomainError, match="Xã Tứ Kỳ không thuộc"):
            checks.place("33", "11074")
        with pytest.raises(DomainError, match="danh mục"):
            checks.place("31", "99999")
        with pytest.raises(DomainError, match="danh mục"):
            checks.place("30", "")

    def test_writes_an_address(self) -> None:
        assert places.in_words("Thôn Đông", "11074", "31") == "Thôn Đông, Xã Tứ Kỳ, Thành phố Hải Phòng"


class TestSealing:
    def test_opens_only_in_its_own_row(self) -> None:
        sealed = seal(NUMBER, bound_to=b"row one")

        assert NUMBER.encode() not in sealed
        assert unseal(sealed, bound_to=b"row one") == NUMBER
        with pytest.raises(BrokenSeal):
            unseal(sealed, bound_to=b"row two")

    def test_never_seals_alike_and_always_hashes_alike(self) -> None:
        assert seal(NUMBER, bound_to=b"x") != seal(NUMBER, bound_to=b"x")
        assert keyed_hash(NUMBER, use="a") == keyed_hash(NUMBER, use="a") != keyed_hash(NUMBER, use="b")


@pytest.mark.django_db
class TestFindOrCreate:
    def test_keeps_the_number_sealed_in_the_database(self) -> None:
        applicant = apply(personal_number=NUMBER, birth="1990")
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(a)::text FROM identity_applicant a")
            row = cursor.fetchone()[0]

        applicant = Applicant.objects.get(pk=applicant.pk)
        assert NUMBER not in row
        assert NUMBER.encode().hex() not in row
        assert applicant.personal_number == NUMBER
        assert applicant.masked_personal_number == "•••••••••456"
        assert not Line.objects.filter(subject_id=applicant.pk, payload__icontains=NUMBER).exists()

    def test_finds_by_number_and_fills_what_was_empty(self) -> None:
        first = apply(personal_number=NUMBER)
        second = apply(
            personal_number=" 030 090 123 456",
            name="NGUYEN THI HOA",
            phone="0912345678",
            accepts_new_name=True,
        )

        assert second.pk == first.pk
        assert Applicant.objects.get().phone == "0912345678"
        names = list(Line.objects.of(first.pk).values_list("name", flat=True))
        assert names == ["ApplicantCreated", "ApplicantUpdated"]

    def test_records_nothing_when_nothing_changes(self) -> None:
        first = apply(personal_number=NUMBER, phone="0912345678")
        apply(personal_number=NUMBER)

        assert Line.objects.filter(subject_id=first.pk).count() == 1

    def test_asks_before_a_number_gets_another_name(self) -> None:
        apply(personal_number=NUMBER)
        with pytest.raises(AnotherName, match="Nguyễn Thị Hòa"):
            apply(personal_number=NUMBER, name="Trần Văn Bình")
        apply(personal_number=NUMBER, name="Nguyễn Thị Thu Hòa", accepts_new_name=True)

        assert Applicant.objects.get().name == "Nguyễn Thị Thu Hòa"

    def test_never_merges_people_without_a_number(self) -> None:
        first = apply(birth="1990", phone="0912345678")
        second = apply(birth="1990", phone="0912345678")

        assert first.pk != second.pk

    def test_finds_an_organisation_by_its_tax_code(self) -> None:
        first = apply(kind="ORGANISATION", name="Công ty TNHH 68", tax_code="0100233488")
        second = apply(kind="ORGANISATION", name="Công ty TNHH 68", tax_code="0100 233 488")

        assert first.pk == second.pk

    def test_does_not_take_a_person_with_the_tax_code_for_the_organisation(self) -> None:
        first = apply(kind="ORGANISATION", name="Nguyễn Thị Hòa", tax_code="0100233488")

        assert apply(tax_code="0100233488").pk != first.pk

    def test_says_everything_that_is_wrong_at_once(self) -> None:
        with pytest.raises(InvalidInput) as refusal:
            apply(
                name="A",
                personal_number="03009012345",
                phone="1",
                birth="31/02/1990",
                email="x",
                ward_code="1",
            )
        assert set(refusal.value.errors) == {
            "name",
            "personal_number",
            "phone",
            "birth",
            "email",
            "ward_code",
        }
        assert Applicant.objects.count() == 0

    def test_writes_the_address_in_words(self) -> None:
        applicant = apply(street="Thôn Đông", ward_code="11074", province_code="31")

        assert applicant.address == "Thôn Đông, Xã Tứ Kỳ, Thành phố Hải Phòng"


@pytest.mark.django_db
class TestUpdate:
    def test_gives_a_number_to_who_had_none(self) -> None:
        applicant = apply()
        update_applicant(
            applicant, ApplicantInput(name=applicant.name, personal_number=NUMBER), by=None, at=AT
        )

        assert list(Applicant.objects.matching(NUMBER)) == [applicant]

    def test_refuses_the_number_of_another(self) -> None:
        apply(personal_number=NUMBER)
        other = apply(name="Trần Văn Bình")
        with pytest.raises(DomainError, match="ghi cho Nguyễn Thị Hòa") as refusal:
            update_applicant(other, ApplicantInput(name=other.name, personal_number=NUMBER), by=None, at=AT)
        assert refusal.value.field == "personal_number"


@pytest.mark.django_db
class TestSearch:
    @pytest.fixture
    def hoa(self) -> Applicant:
        apply(name="Trần Văn Bình")
        return apply(name="Nguyễn Thị Hòa", personal_number=NUMBER, phone="0912345678", tax_code="0100233488")

    @pytest.mark.parametrize(
        "text",
        ["Nguyễn Thị Hòa", "nguyen thi hoa", "NGUYEN THI", "Thị Hòa", "hoa", "030090123456", "030 090 123 456",
         "0912345678", "+84912345678", "0912 345 678", "0100233488", unicodedata.normalize("NFD", "Nguyễn Thị Hòa")],
    )  # fmt: skip
    def test_finds_by_name_phone_number_and_tax_code(self, hoa: Applicant, text: str) -> None:
        assert search_applicants(text) == [hoa]

    @pytest.mark.parametrize("text", ["", "   ", "ho", "hoa thi", "030090123457"])
    def test_finds_nobody_else(self, hoa: Applicant, text: str) -> None:
        assert search_applicants(text) == []

    def test_puts_whole_names_first(self, hoa: Applicant) -> None:
        longer = apply(name="Nguyễn Thị Hòa An")
        assert search_applicants("nguyen thi hoa") == [hoa, longer]


@pytest.mark.django_db
class TestSeePersonalNumber:
    def test_is_recorded_with_its_reason(self) -> None:
        applicant, clerk = apply(personal_number=NUMBER), staff("CLERK")

        assert see_personal_number(applicant, reason="Đối chiếu căn cước", by=clerk, at=AT) == NUMBER
        line = Line.objects.get(subject_id=applicant.pk, name="PersonalNumberSeen")
        assert (line.actor_id, line.payload) == (clerk.pk, {"reason": "Đối chiếu căn cước"})

    def test_is_refused_without_permission_or_reason(self) -> None:
        applicant = apply(personal_number=NUMBER)
        with pytest.raises(Forbidden):
            see_personal_number(applicant, reason="Đối chiếu", by=staff("AUDITOR"), at=AT)
        with pytest.raises(DomainError, match="lý do"):
            see_personal_number(applicant, reason=" ", by=staff("CLERK"), at=AT)


@pytest.mark.django_db(transaction=True)
class TestTwoCounters:
    def test_adding_one_person_at_the_same_second_make_one_row(self) -> None:
        together = threading.Barrier(4)

        def clerk(_: int) -> object:
            together.wait()
            try:
                return apply(personal_number=NUMBER).pk
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as counters:
            keys = set(counters.map(clerk, range(4)))

        assert keys == {Applicant.objects.get().pk}
        assert Line.objects.filter(name="ApplicantCreated").count() == 1
