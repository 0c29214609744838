"""Tỉnh mẫu: which agencies, posts and people the demo has. Names of places are real; the people are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from motcua.core.text import fold
from motcua.foundation.identity import places
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.second_factor import code_for_demo, enrol, pending_device
from motcua.foundation.identity.operations.staffing import appoint, create_staff
from motcua.foundation.org.models import Agency, OneStopUnit, Role
from motcua.foundation.org.operations.agencies import create_agency
from motcua.foundation.org.operations.posts import open_post, open_unit

PROVINCE_CODE = "33"
ROOT = "H31"
BEGINNING = date(2025, 7, 1)  # two levels of government from this day
PASSWORD = "Tinh-mau-2026"  # noqa: S105  the demo's, told to everybody who starts it

# What settles the province's own procedures, by the word that the catalogue of the demo uses.
DEPARTMENTS = (
    ("AGRICULTURE", "02", "Sở Nông nghiệp và Môi trường", "nongnghiep"),
    ("FINANCE", "03", "Sở Tài chính", "taichinh"),
    ("CONSTRUCTION", "04", "Sở Xây dựng", "xaydung"),
    ("JUSTICE", "05", "Sở Tư pháp", "tuphap"),
    ("EDUCATION", "06", "Sở Giáo dục và Đào tạo", "giaoduc"),
    ("POLICE", "07", "Công an tỉnh", "congan"),
    ("INSURANCE", "08", "Bảo hiểm xã hội tỉnh", "baohiem"),
)
PRIMARY = "AGRICULTURE"  # its people have the short sign-in names
COMMUNES = ("11953", "11983", "11980", "12103", "12364", "12337", "12406", "12280")

# Who works where: role, how many, how their sign-in begins.
AT_CENTRE = (("CLERK", 3, "motcua"),)
AT_DEPARTMENT = (
    ("DIVISION_HEAD", 1, "truongphong"),
    ("OFFICER", 2, "chuyenvien"),
    ("LEADER", 1, "lanhdao"),
    ("RECORDS", 1, "vanthu"),
)
AT_COMMUNE = (("OFFICER", 2, "chuyenvien"), ("LEADER", 1, "lanhdao"), ("RECORDS", 1, "vanthu"))
AT_COMMUNE_CENTRE = (("CLERK", 2, "motcua"),)
AT_PROVINCE = (
    ("ADMIN", 2, "quantri"),
    ("CONTROLLER", 1, "kiemsoat"),
    ("AUDITOR", 1, "thanhtra"),
    ("ACCOUNTANT", 2, "ketoan"),
)

FAMILY = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Ngô",
    "Dương",
    "Đào",
    "Phan",
    "Trịnh",
)
MIDDLE = ("Văn", "Thị", "Minh", "Quốc", "Thu", "Đức", "Ngọc", "Thanh", "Hữu", "Hồng")
GIVEN = (
    "An", "Bình", "Cường", "Dung", "Giang", "Hà", "Hiếu", "Hòa", "Huệ", "Hưng", "Khánh", "Lan", "Linh", "Long",
    "Mai", "Nam", "Nga", "Oanh", "Phúc", "Phương", "Quân", "Quyên", "Sơn", "Thảo", "Thủy", "Trang", "Tuấn", "Vân", "Yến",
)  # fmt: skip


@dataclass
class Province:
    """What the demo stands on once it is founded."""

    root: Agency
    centre: Agency
    departments: dict[str, Agency]
    communes: list[Agency]
    centres: dict[int, Agency]  # where a commune's dossiers are handed in, by the commune's key
    units: dict[int, OneStopUnit]
    staff: dict[tuple[int, str], list[User]]  # by agency and role

    def people(self, agency: Agency, role: str) -> list[User]:
        return self.staff[agency.pk, role]

    @property
    def admin(self) -> User:
        return self.people(self.root, "ADMIN")[0]

    @property
    def controller(self) -> User:
        return self.people(self.root, "CONTROLLER")[0]


def found(*, at: datetime) -> Province:
    """Lập tỉnh mẫu: agencies, one-stop units, posts and people, by the operations of an administrator."""
    names = _names()
    roles = {role.code: role for role in Role.objects.all()}
    province = places.province(PROVINCE_CODE)
    title = province.name if province else "Tỉnh mẫu"
    root = _agency(ROOT, f"Ủy ban nhân dân tỉnh {title}", "PROVINCE", None, at, place_code=PROVINCE_CODE)
    centre = _agency(
        f"{ROOT}.01", "Trung tâm Phục vụ hành chính công tỉnh", "CENTRE", root, at,
        phone="02213868686", address="Số 1 đường Chùa Chuông, phường Phố Hiến",
    )  # fmt: skip
    made = Province(root, centre, {}, [], {}, {}, {})
    _staff(made, root, AT_PROVINCE, "", roles, names, at)
    _unit(made, centre, at)
    _staff(made, centre, AT_CENTRE, "", roles, names, at)
    for word, number, name, slug in DEPARTMENTS:
        agency = made.departments[word] = _agency(f"{ROOT}.{number}", name, "DEPARTMENT", root, at)
        _staff(made, agency, AT_DEPARTMENT, "" if word == PRIMARY else slug, roles, names, at)
    for place, code in enumerate(COMMUNES, start=101):
        _commune(made, place, code, roles, names, at)
    return made


def _commune(  # noqa: PLR0917
    made: Province, number: int, code: str, roles: dict[str, Role], names: Iterator[str], at: datetime
) -> None:
    ward = places.ward(code)
    name = ward.name if ward else code
    slug = "".join(fold(name).split()[1:])
    commune = _agency(
        f"{ROOT}.{number}", f"Ủy ban nhân dân {_lowered(name)}", "COMMUNE", made.root, at, place_code=code
    )
    centre = _agency(
        f"{ROOT}.{number}.01",
        f"Trung tâm Phục vụ hành chính công {_lowered(name)}",
        "CENTRE",
        commune,
        at,
        place_code=code,
        phone=f"0221386{number:04d}",
        address=f"Trụ sở Ủy ban nhân dân {_lowered(name)}",
    )
    made.communes.append(commune)
    made.centres[commune.pk] = centre
    _unit(made, centre, at)
    _staff(made, commune, AT_COMMUNE, slug, roles, names, at)
    _staff(made, centre, AT_COMMUNE_CENTRE, slug, roles, names, at)


def _agency(
    code: str, name: str, kind: str, parent: Agency | None, at: datetime, *, place_code: str = "", phone: str = "",
    address: str = "",
) -> Agency:  # fmt: skip
    return create_agency(
        code=code,
        name=name,
        kind=kind,
        parent=parent,
        valid_from=BEGINNING,
        by=None,
        at=at,
        place_code=place_code,
        phone=phone,
        address=address,
    )


def _unit(made: Province, centre: Agency, at: datetime) -> None:
    made.units[centre.pk] = open_unit(
        agency=centre,
        code=f"{centre.code}.MC",
        name=centre.name.replace("Trung tâm Phục vụ hành chính công", "Bộ phận Một cửa"),
        valid_from=BEGINNING,
        by=None,
        at=at,
        phone=centre.phone,
        address=centre.address,
    )


def _staff(  # noqa: PLR0917
    made: Province,
    agency: Agency,
    plan: tuple[tuple[str, int, str], ...],
    slug: str,
    roles: dict[str, Role],
    names: Iterator[str],
    at: datetime,
) -> None:
    for role, count, prefix in plan:
        for place in range(1, count + 1):
            username = prefix + (str(place) if place > 1 else "") + (f".{slug}" if slug else "")
            user = create_staff(username=username, full_name=next(names), password=PASSWORD, by=None, at=at)
            title = roles[role].name + (f" {place}" if count > 1 else "")
            post = open_post(
                agency=agency, title=title, role=roles[role], valid_from=BEGINNING, by=None, at=at
            )
            appoint(user, post=post, valid_from=BEGINNING, by=None, at=at)
            if roles[role].needs_second_factor:
                enrol(user, code=code_for_demo(pending_device(user)), by=user, at=at)
            made.staff.setdefault((agency.pk, role), []).append(user)


def _names() -> Iterator[str]:
    """People's names, never the same twice within the demo."""
    for step in range(len(FAMILY) * len(MIDDLE) * len(GIVEN)):
        middle = MIDDLE[(step * 3 + step // 14) % len(MIDDLE)]
        yield f"{FAMILY[step % len(FAMILY)]} {middle} {GIVEN[(step * 5) % len(GIVEN)]}"


def _lowered(name: str) -> str:
    """A place inside a sentence: “Phường Phố Hiến” becomes “phường Phố Hiến”."""
    return name[:1].lower() + name[1:]
