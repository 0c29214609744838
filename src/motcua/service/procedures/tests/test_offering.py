"""Nơi thực hiện thủ tục."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from motcua.core.errors import DomainError
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.operations.agencies import create_agency
from motcua.service.procedures.models import NotInForce, Offering, Procedure
from motcua.service.procedures.operations.offering import AlreadyOffered, NoLongerOffered, offer, withdraw
from motcua.service.procedures.operations.publishing import publish, repeal
from motcua.service.procedures.tests.samples import AT, birth

pytestmark = pytest.mark.django_db
TODAY = AT.date()


@pytest.fixture
def centre():
    return create_agency(
        code="H31.99",
        name="Trung tâm",
        kind="CENTRE",
        parent=None,
        valid_from=date(2025, 7, 1),
        by=None,
        at=AT,
    )


@pytest.fixture
def commune():
    return create_agency(
        code="H31.101",
        name="Xã Thử",
        kind="COMMUNE",
        parent=None,
        valid_from=date(2025, 7, 1),
        by=None,
        at=AT,
    )


@pytest.fixture
def procedure():
    return publish(facts=birth(), by=None, at=AT, valid_from=date(2025, 7, 1)).procedure


class TestOffer:
    def test_says_who_settles_and_who_receives(self, procedure, centre, commune):
        offering = offer(procedure=procedure, agency=commune, receiving_agency=centre, by=None, at=AT)
        assert Procedure.objects.offered_by(commune.pk, TODAY).get() == procedure
        assert Procedure.objects.received_at(centre.pk, TODAY).get() == procedure
        assert not Procedure.objects.offered_by(centre.pk, TODAY).exists()
        assert (
            Offering.objects.received_at(centre.pk, TODAY).search("khai sinh").for_pages().get() == offering
        )
        assert offering.revision_on(TODAY).number == 1
        assert Line.objects.of(procedure.uid).last().name == "OfferingOpened"

    def test_is_received_where_it_is_settled_unless_said(self, procedure, commune):
        assert offer(procedure=procedure, agency=commune, by=None, at=AT).receiving_agency == commune

    def test_happens_once(self, procedure, commune):
        offer(procedure=procedure, agency=commune, by=None, at=AT)
        with pytest.raises(AlreadyOffered):
            offer(procedure=procedure, agency=commune, by=None, at=AT)

    def test_does_not_hold_before_it_begins(self, procedure, commune):
        offering = offer(procedure=procedure, agency=commune, by=None, at=AT)
        with pytest.raises(NotInForce):
            offering.revision_on(TODAY - timedelta(days=1))

    def test_ends_with_its_procedure(self, procedure, commune):
        offer(procedure=procedure, agency=commune, by=None, at=AT)
        repeal(procedure=procedure, valid_to=TODAY, reason="9/QĐ-BTP", by=None, at=AT)
        assert Offering.objects.settled_by(commune.pk, TODAY).exists()
        assert not Offering.objects.settled_by(commune.pk, TODAY + timedelta(days=1)).exists()


class TestWithdraw:
    def test_ends_the_day_before(self, procedure, commune):
        offering = offer(procedure=procedure, agency=commune, by=None, at=AT)
        later = TODAY + timedelta(days=10)
        ended = withdraw(offering=offering, by=None, at=AT, reason="Chuyển về tỉnh", on=later)
        assert ended.valid_to == later - timedelta(days=1)
        assert not Offering.objects.settled_by(commune.pk, later).exists()
        with pytest.raises(NotInForce):
            ended.revision_on(later)
        with pytest.raises(NoLongerOffered):
            withdraw(offering=ended, by=None, at=AT, reason="")

    def test_refuses_a_day_before_it_began(self, procedure, commune):
        offering = offer(procedure=procedure, agency=commune, by=None, at=AT)
        with pytest.raises(DomainError) as refusal:
            withdraw(offering=offering, by=None, at=AT, reason="", on=TODAY)
        assert refusal.value.field == "on"
