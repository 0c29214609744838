"""Đám đông: endless made-up applicants, each with a number of their own; some of them come again."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from uuid import UUID

from stdnum.vn import mst

from motcua.core.text import fold
from motcua.demo.copying import BINARY, NULL, Rows, line
from motcua.demo.names import Name, men, women
from motcua.demo.people import STREETS, TRADES
from motcua.demo.province import COMMUNES, PROVINCE_CODE
from motcua.foundation.identity import places
from motcua.foundation.identity.applicants import number_key
from motcua.foundation.identity.sealing import seal

BIRTHPLACE = "034"  # of personal numbers; those of the replayed demo begin with another
TAXED_AT = "10"  # the same of tax codes
FIRST_YEAR, YEARS = 1950, 57
FIRM_SHARE, KNOWN_SHARE = 0.04, 0.2
KNOWN = 3000  # people of whom the next dossier may come again


@dataclass(frozen=True, slots=True)
class Person:
    """Người nộp, as a dossier remembers them."""

    id: str
    name: Name
    number_key: str
    phone: str


class Crowd:
    """Người nộp, one after the other; `before` is how many numbers have been given already."""

    def __init__(self, chance: Random, before: int) -> None:
        self._chance = chance
        self._people = {True: women(chance), False: men(chance)}
        self._serial = before
        self._known: list[Person] = []
        self._wards = [(code, ward.name if (ward := places.ward(code)) else code) for code in COMMUNES]

    def next(self, key: str, rows: Rows) -> Person:
        """Somebody: known already, or new under `key`, whose row is added."""
        if self._known and self._chance.random() < KNOWN_SHARE:
            return self._chance.choice(self._known)
        self._serial += 1
        if self._chance.random() < FIRM_SHARE:
            digits = f"{TAXED_AT}{self._serial:07d}"
            check = mst.calc_check_digit(digits)
            if len(check) == 1:
                return self._firm(key, digits + check, rows)
        return self._person(key, rows)

    def _person(self, key: str, rows: Rows) -> Person:
        # So many years and two sexes share the serial numbers out between them: each number comes once.
        serial, share = divmod(self._serial, YEARS * 2)
        is_woman, year = share % 2 == 1, FIRST_YEAR + share // 2 * 11 % YEARS
        century = (0 if year < 2000 else 2) + is_woman
        number = f"{BIRTHPLACE}{century}{year % 100:02d}{serial:06d}"
        phone = f"09{self._chance.randint(10_000_000, 89_999_999)}"
        person = Person(key, self._people[is_woman].next(), number_key(number), phone)
        sealed = BINARY + seal(number, bound_to=UUID(key).bytes).hex()
        self._write(rows, person, kind="PERSON", sealed=sealed, tax_code="", year=str(year))
        if len(self._known) < KNOWN:
            self._known.append(person)
        else:
            self._known[self._chance.randrange(KNOWN)] = person
        return person

    def _firm(self, key: str, tax_code: str, rows: Rows) -> Person:
        owner = self._people[False].next().written.split()[-1]
        written = f"Công ty TNHH {self._chance.choice(TRADES)} {owner} {self._serial}"
        folded = fold(written)
        name = Name(written, folded, " ".join(reversed(folded.split())))
        firm = Person(key, name, "", f"02213{self._chance.randint(500_000, 899_999)}")
        self._write(rows, firm, kind="ORGANISATION", sealed=NULL, tax_code=tax_code, year=NULL)
        return firm

    def _write(self, rows: Rows, person: Person, *, kind: str, sealed: str, tax_code: str, year: str) -> None:
        ward, place = self._chance.choice(self._wards)
        street = f"Số {self._chance.randint(1, 220)}, {self._chance.choice(STREETS)}"
        rows["identity_applicant"].append(
            line(
                person.id, kind, person.name.written, person.name.folded, person.name.reversed, sealed,
                person.number_key, tax_code, person.phone, "", year, street, ward, PROVINCE_CODE, f"{street}, {place}",
            )
        )  # fmt: skip
