"""Công bố, bãi bỏ, đặt tên thường gọi."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.core.errors import DomainError, Forbidden
from motcua.foundation.identity.models import User
from motcua.foundation.identity.tests.factories import staff
from motcua.foundation.ledger.models import Line
from motcua.service.procedures.models import NotInForce, Paper, Procedure, Revision
from motcua.service.procedures.operations.publishing import (
    AlreadyRepealed,
    BeforeItBegan,
    Outcome,
    bring_into_force,
    nickname,
    publish,
    repeal,
)
from motcua.service.procedures.reading import changes_of, facts_of
from motcua.service.procedures.tests.samples import AT, birth

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def published(facts=None, **told):
    return publish(facts=facts or birth(), by=None, at=AT, **told)


class TestPublish:
    def test_writes_the_first_revision_whole(self):
        done = published(aliases=["khai sinh", " khai  sinh ", ""])
        assert done.outcome is Outcome.CREATED
        assert done.revision.number == 1
        assert done.revision.valid_from == TODAY
        assert done.procedure.current == done.revision
        assert done.procedure.aliases == ["khai sinh"]
        assert facts_of(done.revision) == birth()

    def test_changes_nothing_when_nothing_differs(self):
        first, second = published(), published()
        assert second.outcome is Outcome.UNCHANGED
        assert second.revision == first.revision
        assert Revision.objects.count() == 1
        assert Line.objects.count() == 1

    def test_makes_a_new_revision_of_what_differs(self):
        first = published()
        done = published(birth(field="Dân số"), valid_from=TODAY + timedelta(days=5))
        assert (done.outcome, done.revision.number) == (Outcome.REVISED, 2)
        assert [str(change) for change in done.changes] == ["Lĩnh vực: “Hộ tịch” → “Dân số”"]
        assert changes_of(done.revision) == done.changes
        assert changes_of(first.revision) == ()
        assert facts_of(first.revision) == birth()

    def test_records_one_event_with_the_difference(self):
        procedure = published().procedure
        published(birth(field="Dân số"))
        first, second = Line.objects.of(procedure.uid)
        assert (first.name, second.name) == ("ProcedurePublished", "ProcedureRevised")
        assert second.payload["changes"] == ["Lĩnh vực: “Hộ tịch” → “Dân số”"]
        assert second.payload["revision"] == 2

    def test_keeps_the_old_revision_in_force_until_the_new_begins(self):
        procedure = published(valid_from=date(2025, 7, 1)).procedure
        later = TODAY + timedelta(days=5)
        published(birth(name="Đăng ký khai sinh mới"), valid_from=later)
        procedure.refresh_from_db()
        assert procedure.name == "Đăng ký khai sinh"
        assert procedure.revision_on(later - timedelta(days=1)).number == 1
        assert procedure.revision_on(later).number == 2
        with pytest.raises(NotInForce):
            procedure.revision_on(date(2025, 6, 30))

    def test_refuses_to_go_back_before_the_last_revision(self):
        published(valid_from=TODAY)
        with pytest.raises(BeforeItBegan) as refusal:
            published(birth(field="Dân số"), valid_from=TODAY - timedelta(days=1))
        assert refusal.value.field == "valid_from"

    def test_refuses_who_does_not_manage_procedures(self):
        person = User.objects.create(username="an", full_name="Nguyễn Văn An")
        with pytest.raises(Forbidden):
            publish(facts=birth(), by=person, at=AT)
        assert not Procedure.objects.exists()

    def test_leaves_nothing_when_it_fails(self):
        wrong = birth(groups=(), channels=birth().channels)  # a limit of a case that is not there
        with pytest.raises(IndexError):
            published(wrong)
        assert not Procedure.objects.exists()


class TestKeptRevision:
    def test_is_never_changed(self):
        revision = published().revision
        for rows in (Revision.objects.filter(pk=revision.pk), Paper.objects.filter(revision=revision)):
            with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
                rows.update(name="khác")

    def test_is_never_deleted(self):
        revision = published().revision
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            revision.result_types.all().delete()


class TestBringIntoForce:
    def test_shows_a_revision_from_its_day(self):
        procedure = published().procedure
        published(birth(name="Đăng ký khai sinh mới"), valid_from=TODAY + timedelta(days=5))
        assert bring_into_force(on=TODAY + timedelta(days=4)) == 0
        assert bring_into_force(on=TODAY + timedelta(days=5)) == 1
        procedure.refresh_from_db()
        assert procedure.name == "Đăng ký khai sinh mới"
        assert bring_into_force(on=TODAY + timedelta(days=6)) == 0


class TestRepeal:
    def test_ends_the_procedure_after_its_last_day(self):
        procedure = published().procedure
        repeal(procedure=procedure, valid_to=TODAY, reason="9/QĐ-BTP", by=None, at=AT)
        procedure.refresh_from_db()
        assert procedure.revision_on(TODAY).number == 1
        with pytest.raises(NotInForce):
            procedure.revision_on(TODAY + timedelta(days=1))
        assert not Procedure.objects.in_force(TODAY + timedelta(days=1)).exists()
        assert Line.objects.of(procedure.uid).last().name == "ProcedureRepealed"

    def test_wants_a_reason(self):
        with pytest.raises(DomainError) as refusal:
            repeal(procedure=published().procedure, valid_to=TODAY, reason=" ", by=None, at=AT)
        assert refusal.value.field == "reason"

    def test_happens_once(self):
        procedure = published().procedure
        repeal(procedure=procedure, valid_to=TODAY, reason="9/QĐ-BTP", by=None, at=AT)
        with pytest.raises(AlreadyRepealed):
            repeal(procedure=procedure, valid_to=TODAY, reason="9/QĐ-BTP", by=None, at=AT)
        with pytest.raises(AlreadyRepealed):
            published(birth(field="Dân số"), valid_from=TODAY + timedelta(days=1))


class TestNickname:
    def test_makes_the_procedure_findable(self):
        procedure = published().procedure
        assert not Procedure.objects.search("làm giấy cho con").exists()
        nickname(procedure=procedure, aliases=["Làm giấy cho con"], by=None, at=AT)
        assert Procedure.objects.search("lam giay cho con").get() == procedure
        assert Line.objects.of(procedure.uid).last().payload["after"] == ["Làm giấy cho con"]

    def test_refuses_a_name_that_is_too_long(self):
        with pytest.raises(DomainError) as refusal:
            nickname(procedure=published().procedure, aliases=["a" * 300], by=None, at=AT)
        assert refusal.value.field == "aliases"


class TestWhoMay:
    def test_a_controller_may(self):
        controller = staff("CONTROLLER")
        done = publish(facts=birth(), by=controller, at=AT)
        assert Line.objects.of(done.procedure.uid).get().actor_id == controller.pk

    def test_a_clerk_may_not(self):
        with pytest.raises(Forbidden):
            publish(facts=birth(), by=staff("CLERK"), at=AT)
