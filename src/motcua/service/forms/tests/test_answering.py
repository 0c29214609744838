from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from motcua.core.errors import DomainError, Forbidden, Stale
from motcua.foundation.identity.models import User
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.tests.world import World
from motcua.service.forms.asking import answers_of, form_for, in_order, newer_version, problems, what_changed
from motcua.service.forms.definition import Definition, Field, Group, Page, Widget, write
from motcua.service.forms.models import Answers, CorrectionWish, FormVersion
from motcua.service.forms.operations.answering import (
    AnsweredElsewhere,
    begin,
    move_on,
    prefilled,
    save_page,
)
from motcua.service.forms.operations.correcting import report_wrong
from motcua.service.forms.operations.drafting import (
    AlreadyThere,
    discard_version,
    draft_version,
    edit_version,
    make_form,
)
from motcua.service.forms.operations.publishing import FormNotFit, publish_version
from motcua.service.forms.tests.sample import AT, ON, SAMPLE, a_form

ME = uuid4()


def extended() -> Definition:
    """The sample with one more question on its first page."""
    first = SAMPLE.pages[0]
    group = replace(first.groups[0], fields=(*first.groups[0].fields, Field(name="nation", label="Dân tộc")))
    return replace(SAMPLE, pages=(replace(first, groups=(group,)), *SAMPLE.pages[1:]))


class TestPublish:
    def test_needs_a_second_person(self, world: World, second: User) -> None:
        version = a_form(world).versions.get()
        with pytest.raises(Forbidden, match="không tự ban hành"):
            publish_version(version_id=version.pk, by=world.admin, at=AT, valid_from=ON)
        assert publish_version(version_id=version.pk, by=second, at=AT, valid_from=ON).state == "PUBLISHED"
        told = list(
            Line.objects.filter(subject_id=version.form_id).order_by("number").values_list("name", flat=True)
        )
        assert [name.rsplit(".")[-1] for name in told] == ["FormMade", "FormDrafted", "FormPublished"]

    def test_whoever_edits_has_drafted(self, world: World, second: User) -> None:
        version = a_form(world).versions.get()
        edit_version(version_id=version.pk, edits=0, document=write(extended()), by=second, at=AT)
        with pytest.raises(Stale):
            edit_version(version_id=version.pk, edits=0, document=write(SAMPLE), by=world.admin, at=AT)
        with pytest.raises(Forbidden):
            publish_version(version_id=version.pk, by=second, at=AT, valid_from=ON)

    def test_is_refused_while_something_is_wrong(self, world: World, second: User) -> None:
        form = make_form(code="trong", name="Trống", procedure_id=world.procedure.pk, by=world.admin, at=AT)
        version = draft_version(form_id=form.pk, by=world.admin, at=AT)
        with pytest.raises(FormNotFit, match="chưa có câu hỏi nào"):
            publish_version(version_id=version.pk, by=second, at=AT, valid_from=ON)

    def test_is_for_those_who_may(self, world: World) -> None:
        with pytest.raises(Forbidden):
            make_form(code="x", name="X", procedure_id=world.procedure.pk, by=world.clerk, at=AT)

    def test_one_draft_at_a_time(self, world: World) -> None:
        form = a_form(world)
        with pytest.raises(AlreadyThere):
            draft_version(form_id=form.pk, by=world.admin, at=AT)
        discard_version(version_id=form.versions.get().pk, by=world.admin, at=AT)
        assert draft_version(form_id=form.pk, by=world.admin, at=AT).number == 2

    def test_the_next_version_ends_the_former(self, world: World, second: User, version: FormVersion) -> None:
        newer = draft_version(form_id=version.form_id, by=world.admin, at=AT, document=write(extended()))
        with pytest.raises(DomainError, match="từ một ngày sau đó"):
            publish_version(version_id=newer.pk, by=second, at=AT, valid_from=date(2026, 1, 1))
        publish_version(version_id=newer.pk, by=second, at=AT, valid_from=date(2026, 4, 1))
        assert form_for(world.offering, date(2026, 3, 31)) == version
        assert form_for(world.offering, date(2026, 4, 1)) == newer
        assert form_for(world.offering, date(2025, 12, 31)) is None


class TestSavePage:
    def test_resumes_and_keeps_what_is_wrong(self, version: FormVersion) -> None:
        subject = uuid4()
        begin(subject_id=subject, version=version, by=ME, at=AT, known={"account.name": "Nguyễn Văn An"})
        given = {"name": "Nguyễn Văn An", "born": "hôm qua", "amount": 5}
        save_page(subject_id=subject, page="person", given=given, count=0, by=ME, at=AT)
        again = begin(subject_id=subject, version=version, by=ME, at=AT + timedelta(days=1))
        assert again.data == {"name": "Nguyễn Văn An", "born": "hôm qua"}
        assert again.provenance == {"name": "account.name", "born": "TYPED"}
        assert (again.page, again.pages) == ("person", {"person": 1})
        assert "chưa phải là một ngày" in problems(version, again.data, ON, page="person")["born"]
        assert b"Nguy" not in bytes(Answers.objects.get().data_sealed)

    def test_twice_is_once(self, version: FormVersion) -> None:
        subject = uuid4()
        begin(subject_id=subject, version=version, by=ME, at=AT)
        for _ in range(2):
            save_page(subject_id=subject, page="money", given={"amount": 7}, count=0, by=ME, at=AT)
        found = answers_of(subject)
        assert found
        assert found.pages == {"money": 1}
        assert Line.objects.filter(subject_id=found.pk).count() == 2

    def test_a_second_window_is_told_and_loses_nothing(self, version: FormVersion) -> None:
        subject = uuid4()
        begin(subject_id=subject, version=version, by=ME, at=AT)
        save_page(subject_id=subject, page="money", given={"amount": 7, "why": "a"}, count=0, by=ME, at=AT)
        with pytest.raises(AnsweredElsewhere) as told:
            save_page(
                subject_id=subject, page="money", given={"amount": 9, "why": "a"}, count=0, by=ME, at=AT
            )
        assert told.value.stored == {"amount": 7}
        save_page(subject_id=subject, page="person", given={"born": "1990"}, count=0, by=ME, at=AT)
        count = told.value.count
        saved = save_page(
            subject_id=subject, page="money", given={"amount": 9, "why": "a"}, count=count, by=ME, at=AT
        )
        assert saved.data == {"amount": 9, "why": "a", "born": "1990"}


class TestPrefilled:
    def test_an_address_stands_in_its_parts_and_elsewhere_in_words(self) -> None:
        home = {"form": "NEW", "province": "31", "ward": "", "detail": "Thôn 3"}
        fields = (
            Field(name="home", label="Nơi ở", widget=Widget.ADDRESS, source="account.address"),
            Field(name="place", label="Nơi liên hệ", source="account.address"),
        )
        page = Page(key="one", title="Một", groups=(Group(key="all", fields=fields),))
        data, provenance = prefilled(Definition(title="Tờ khai", pages=(page,)), {"account.address": home})
        assert data["home"] == home
        assert data["place"].startswith("Thôn 3, ")
        assert set(provenance) == {"home", "place"}


class TestMoveOn:
    def test_carries_over_and_says_what_changed(
        self, world: World, second: User, version: FormVersion
    ) -> None:
        subject = uuid4()
        answers = begin(subject_id=subject, version=version, by=ME, at=AT)
        save_page(subject_id=subject, page="money", given={"amount": 7}, count=0, by=ME, at=AT)
        newer = draft_version(form_id=version.form_id, by=world.admin, at=AT, document=write(extended()))
        assert newer_version(answers, ON) is None
        publish_version(version_id=newer.pk, by=second, at=AT, valid_from=ON)
        found = newer_version(answers, ON)
        assert found == newer
        assert what_changed(answers, newer) == ["Thêm câu “Dân tộc” (trang “Người khai”), bắt buộc."]
        move_on(subject_id=subject, version=newer, by=ME, at=AT)
        moved = answers_of(subject)
        assert moved
        assert (moved.version, moved.data, moved.again) == (
            newer,
            {"amount": 7},
            {"nation": "Câu mới của biểu mẫu."},
        )
        save_page(subject_id=subject, page="person", given={"nation": "Kinh"}, count=0, by=ME, at=AT)
        moved.refresh_from_db()
        assert moved.again == {}


class TestReportWrong:
    def test_only_of_what_was_filled_in(self, version: FormVersion) -> None:
        subject = uuid4()
        begin(subject_id=subject, version=version, by=ME, at=AT, known={"account.name": "Nguyen Van An"})
        with pytest.raises(DomainError, match="tự ghi"):
            report_wrong(subject_id=subject, field="born", wish="Sai", by=ME, at=AT)
        for wish in ("Thiếu dấu", "Đúng là Nguyễn Văn An"):
            report_wrong(subject_id=subject, field="name", wish=wish, by=ME, at=AT)
        assert CorrectionWish.objects.get().wish == "Đúng là Nguyễn Văn An"
        assert "Nguy" not in str(
            list(Line.objects.values_list("payload", flat=True).filter(name__endswith="WrongInfoReported"))
        )


class TestInOrder:
    def test_tells_every_answer_with_its_source(self, version: FormVersion) -> None:
        data = {
            "name": "An",
            "has_children": True,
            "children": [{"child": "Bé", "sex": "NU"}],
            "amount": 2_000,
        }
        person, family, money = in_order(version, data, ON, {"name": "account.name"})
        assert person.parts[0].lines[0].source == "lấy từ tài khoản của bạn"
        assert [(line.label, line.answer) for line in family.parts[1].lines] == [
            ("Họ tên con", "Bé"),
            ("Giới tính", "Nữ"),
        ]
        assert family.parts[1].title == "Con 1"
        assert money.parts[0].lines[0].answer == "2.000 đồng"
