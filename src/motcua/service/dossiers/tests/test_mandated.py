"""Nộp theo ủy quyền: the dossier is the principal's; what is over, revoked or out of scope is refused with what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from motcua.core.errors import DomainError, InvalidInput
from motcua.foundation.identity.models import Mandate
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.operations.mandates import MandateRefused, give_mandate, revoke_mandate
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import MONDAY

DAY = MONDAY.date()


@pytest.fixture
def agent(world):
    data = ApplicantInput(name="Trần Văn Giúp", personal_number="033085004321", phone="0987654321")
    return find_or_create_applicant(data, by=None, at=MONDAY)


def mandated(world, agent, **changes) -> Mandate:
    given = {
        "principal": world.applicant, "agent": agent, "valid_from": DAY, "valid_to": DAY + timedelta(days=30),
        "paper": "Số 12, UBND xã chứng thực ngày 01/03/2026", "by": world.clerk, "at": MONDAY, **changes,
    }  # fmt: skip
    return give_mandate(**given)


class TestGive:
    def test_tells_both_people(self, world, agent):
        mandate = mandated(world, agent)
        line = Line.objects.get(subject_id=world.applicant.pk, name="MandateGiven")
        assert line.payload["told"] == [str(world.applicant.pk), str(agent.pk)]
        assert list(Mandate.objects.about(agent)) == [mandate]
        assert list(Mandate.objects.about(world.applicant)) == [mandate]

    def test_refuses_oneself_an_empty_paper_and_an_end_before_the_beginning(self, world, agent):
        with pytest.raises(InvalidInput) as refused:
            mandated(world, world.applicant, paper=" ", valid_to=DAY - timedelta(days=1))
        assert set(refused.value.errors) == {"agent", "paper", "valid_to"}


class TestUse:
    def test_makes_the_dossier_of_the_principal_by_the_hands_of_the_agent(self, world, agent):
        mandate = mandated(world, agent)
        dossier = world.receive(mandate=mandate)
        assert dossier.applicant == world.applicant
        assert dossier.representative == agent
        assert dossier.authorisation == mandate.paper
        line = Line.objects.get(subject_id=dossier.pk, name="ActedFor")
        assert (line.payload["principal"], line.payload["agent"]) == (str(world.applicant.pk), str(agent.pk))

    @pytest.mark.parametrize(
        ("changes", "after", "said"),
        [
            ({}, 31, "hết hạn"),
            ({"valid_from": DAY + timedelta(days=2)}, 0, "chưa dùng được"),
            ({"procedures": ["1.001193"]}, 0, "không gồm thủ tục 2.000635"),
            ({"fields": ["Đất đai"]}, 0, "không gồm thủ tục"),
        ],
    )
    def test_is_refused_out_of_time_or_scope(self, world, agent, changes, after, said):
        mandate = mandated(world, agent, **changes)
        with pytest.raises(MandateRefused, match=said) as refused:
            world.receive(at=MONDAY + timedelta(days=after), mandate=mandate)
        assert "Hãy" in refused.value.message
        assert not Dossier.objects.exists()

    @pytest.mark.parametrize("changes", [{"procedures": ["2.000635"]}, {"fields": ["Hộ tịch"]}])
    def test_is_taken_within_its_scope(self, world, agent, changes):
        assert world.receive(mandate=mandated(world, agent, **changes)).mandate_id

    def test_is_refused_for_another_principal(self, world, agent):
        mandate = mandated(world, agent)
        with pytest.raises(MandateRefused, match="của người khác"):
            world.receive(applicant=agent, mandate=mandate)


class TestRevoke:
    def test_ends_it_at_once_and_tells_both(self, world, agent):
        mandate = mandated(world, agent)
        noon = MONDAY + timedelta(hours=3)
        revoke_mandate(mandate_id=mandate.pk, reason="Đã tự làm", by=world.clerk, at=noon)
        mandate.refresh_from_db()
        assert world.receive(mandate=mandate)
        with pytest.raises(MandateRefused, match="thu hồi"):
            world.receive(at=noon, mandate=mandate)
        assert not Mandate.objects.valid_at(noon, DAY).exists()
        line = Line.objects.get(subject_id=world.applicant.pk, name="MandateRevoked")
        assert len(line.payload["told"]) == 2

    def test_needs_a_reason_and_happens_once(self, world, agent):
        mandate = mandated(world, agent)
        with pytest.raises(InvalidInput):
            revoke_mandate(mandate_id=mandate.pk, reason=" ", by=world.clerk, at=MONDAY)
        revoke_mandate(mandate_id=mandate.pk, reason="Đổi người", by=world.clerk, at=MONDAY)
        with pytest.raises(DomainError, match="hết hiệu lực"):
            revoke_mandate(mandate_id=mandate.pk, reason="Đổi người", by=world.clerk, at=MONDAY)
