"""A form with one of everything, and the people who make it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import QueryDict

from motcua.core.time import VIETNAM
from motcua.service.dossiers.tests.world import World
from motcua.service.forms.definition import Definition, Field, Group, Option, Page, Repeat, Widget, write
from motcua.service.forms.models import Form, FormVersion
from motcua.service.forms.operations.drafting import draft_version, make_form
from motcua.service.forms.operations.publishing import publish_version

W = Widget
AT = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
ON = date(2026, 3, 2)
HAS_CHILDREN = {"==": [{"var": "has_children"}, True]}

SAMPLE = Definition(
    title="Tờ khai thử",
    pages=(
        Page(
            key="person",
            title="Người khai",
            groups=(
                Group(
                    key="who",
                    fields=(
                        Field(name="name", label="Họ và tên", widget=W.NAME, source="account.name"),
                        Field(name="born", label="Ngày sinh", widget=W.PARTIAL_DATE),
                        Field(name="age", label="Tuổi", widget=W.COMPUTED, computed={"age": [{"var": "born"}]}),
                        Field(
                            name="guardian", label="Người giám hộ", widget=W.NAME,
                            show_if={"<": [{"var": "age"}, 18]},
                        ),
                        Field(name="number", label="Số định danh", widget=W.PERSONAL_NUMBER, is_required=False),
                        Field(name="home", label="Nơi ở", widget=W.ADDRESS),
                        Field(
                            name="old_note", label="Sổ hộ khẩu", valid_to=date(2022, 12, 31), help="Thôi hỏi từ 2023"
                        ),
                    ),
                ),
            ),
        ),
        Page(
            key="family",
            title="Gia đình",
            groups=(
                Group(
                    key="yes",
                    fields=(Field(name="has_children", label="Bạn có con không?", widget=W.YES_NO),),
                ),
                Group(
                    key="rows",
                    title="Các con",
                    show_if=HAS_CHILDREN,
                    repeat=Repeat(name="children", row="Con", least=1, most=3),
                    fields=(
                        Field(name="child", label="Họ tên con", widget=W.NAME),
                        Field(
                            name="sex", label="Giới tính", widget=W.CHOICE,
                            options=(Option(value="NAM", label="Nam"), Option(value="NU", label="Nữ")),
                        ),
                    ),
                ),
            ),
        ),
        Page(
            key="money",
            title="Đề nghị",
            groups=(
                Group(
                    key="ask",
                    fields=(
                        Field(name="amount", label="Số tiền", widget=W.MONEY, most=100_000_000),
                        Field(
                            name="why", label="Lý do", widget=W.PARAGRAPH, is_required=False,
                            required_if={">": [{"var": "amount"}, 1_000_000]},
                        ),
                        Field(
                            name="papers", label="Giấy tờ kèm", widget=W.SEVERAL, is_required=False,
                            options=(Option(value="A", label="Đơn"), Option(value="B", label="Ảnh")),
                        ),
                        Field(name="area", label="Diện tích", widget=W.NUMBER, decimals=2, is_required=False),
                        Field(name="truth", label="Tôi cam đoan khai đúng", widget=W.STATEMENT),
                    ),
                ),
            ),
        ),
    ),
)  # fmt: skip


def typed(**given: Any) -> QueryDict:
    """What a page sends; a double underscore stands for the dot."""
    sent = QueryDict(mutable=True)
    for name, value in given.items():
        sent.setlist(name.replace("__", "."), value if isinstance(value, list) else [value])
    return sent


def a_form(world: World, definition: Definition = SAMPLE, **changes: Any) -> Form:
    """Made and drafted by the administrator of the world."""
    given = {"code": "thu", "name": definition.title, "procedure_id": world.procedure.pk, **changes}
    form = make_form(by=world.admin, at=AT, **given)
    draft_version(form_id=form.pk, by=world.admin, at=AT, document=write(definition))
    return form


def published(world: World, by: Any, definition: Definition = SAMPLE, **changes: Any) -> FormVersion:
    form = a_form(world, definition, **changes)
    version = form.versions.get()
    return publish_version(version_id=version.pk, by=by, at=AT, valid_from=date(2026, 1, 1))
