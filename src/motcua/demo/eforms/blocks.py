"""Những câu hay gặp: how the demo's forms ask for a person, a place, a relation; short names for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from motcua.service.forms.definition import (
    Definition,
    Field,
    Group,
    Option,
    OwnSignature,
    Page,
    Repeat,
    Signers,
    Widget,
)
from motcua.service.forms.models import Form

W = Widget
GENDERS = (("NAM", "Nam"), ("NU", "Nữ"))
RELATIONS = (
    ("CHA", "Cha"), ("ME", "Mẹ"), ("ONG_BA", "Ông, bà"), ("ANH_CHI_EM", "Anh, chị, em"), ("CON", "Con"),
    ("VO_CHONG", "Vợ hoặc chồng"), ("KHAC", "Người khác"),
)  # fmt: skip
PAPERS = (
    ("CAN_CUOC", "Thẻ căn cước hoặc căn cước công dân"),
    ("HO_CHIEU", "Hộ chiếu"),
    ("KHAC", "Giấy tờ khác"),
)
TRUTH = "Tôi cam đoan những điều khai trên là đúng và chịu trách nhiệm về lời khai của mình"


@dataclass(frozen=True)
class DemoForm:
    """Biểu mẫu minh họa: of which procedure, after which official declaration. Wording is our own."""

    code: str
    procedure: str
    official: str
    definition: Definition
    confidence: str = Form.Confidence.KNOWN


def form(
    code: str,
    procedure: str,
    official: str,
    title: str,
    *pages: Page,
    confidence: str = Form.Confidence.KNOWN,
    signers: Signers | None = None,
    signature: OwnSignature = OwnSignature.NONE,
) -> DemoForm:
    definition = Definition(title=title, pages=pages, signers=signers, signature=signature)
    return DemoForm(code, procedure, official, definition, confidence)


def page(key: str, title: str, *groups: Group | Field, help: str = "", show_if: Any = None) -> Page:  # noqa: A002
    """A page of groups; questions that stand alone make a group together."""
    loose = tuple(one for one in groups if isinstance(one, Field))
    whole = tuple(one for one in groups if isinstance(one, Group))
    made = (Group(key="chung", fields=loose), *whole) if loose else whole
    return Page(key=key, title=title, help=help, show_if=show_if, groups=made)


def group(key: str, title: str, *fields: Field, **more: Any) -> Group:
    return Group(key=key, title=title, fields=fields, **more)


def rows(
    name: str, title: str, row: str, *fields: Field, least: int = 0, most: int = 10, **more: Any
) -> Group:
    repeat = Repeat(name=name, row=row, least=least, most=most)
    return Group(key=name, title=title, repeat=repeat, fields=fields, **more)


def ask(name: str, label: str, widget: Widget = W.TEXT, **more: Any) -> Field:
    return Field(name=name, label=label, widget=widget, **more)


def maybe(name: str, label: str, widget: Widget = W.TEXT, **more: Any) -> Field:
    """Không bắt buộc."""
    return Field(name=name, label=label, widget=widget, is_required=False, **more)


def choose(
    name: str, label: str, options: tuple[tuple[str, str], ...], widget: Widget = W.CHOICE, **more: Any
) -> Field:
    return Field(
        name=name, label=label, widget=widget,
        options=tuple(Option(value=value, label=said) for value, said in options), **more,
    )  # fmt: skip


def is_(name: str, value: Any) -> dict[str, Any]:
    return {"==": [{"var": name}, value]}


def in_(name: str, *values: str) -> dict[str, Any]:
    return {"in": [{"var": name}, list(values)]}


def me(*more: Field) -> tuple[Field, ...]:
    """Người yêu cầu: filled in from the account where it is known."""
    return (
        ask("requester", "Họ và tên của bạn", W.NAME, source="account.name", law="Họ, chữ đệm, tên người yêu cầu"),
        ask("requester_number", "Số định danh cá nhân của bạn", W.PERSONAL_NUMBER, source="account.personal_number"),
        ask("requester_home", "Nơi bạn đang ở", W.ADDRESS, source="account.address", law="Nơi cư trú", has_old_form=False),
        ask("requester_phone", "Điện thoại", W.PHONE, source="account.phone", help="Để báo khi hồ sơ có thay đổi"),
        maybe("requester_email", "Thư điện tử", W.EMAIL, source="account.email"),
        *more,
    )  # fmt: skip


def person(
    head: str, who: str, *, home: bool = True, optional: bool = False, **more: Any
) -> tuple[Field, ...]:
    """Một người: name, number, birth, nation, home. `optional`: whoever has only some of it leaves the rest empty."""
    make = maybe if optional else ask
    fields = [
        make(f"{head}_name", f"Họ và tên {who}", W.NAME, **more),
        make(f"{head}_born", f"Ngày sinh của {who}", W.PARTIAL_DATE, **more),
        maybe(f"{head}_number", f"Số định danh cá nhân của {who}", W.PERSONAL_NUMBER, **more),
        make(f"{head}_nation", f"Dân tộc của {who}", length=60, **more),
        make(f"{head}_citizen", f"Quốc tịch của {who}", length=60, help="Ví dụ: Việt Nam", **more),
    ]
    if home:
        fields.append(make(f"{head}_home", f"Nơi cư trú của {who}", W.ADDRESS, **more))
    return tuple(fields)


def truth(*more: Field) -> Page:
    return page("cam_doan", "Cam đoan", *more, ask("truth", TRUTH, W.STATEMENT))
