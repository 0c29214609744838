from __future__ import annotations

from datetime import timedelta

import pytest

from motcua.core.errors import InvalidInput
from motcua.foundation.identity.operations.staffing import create_staff
from motcua.foundation.ledger.models import Line
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.operations.keeping import register_identity, revoke_identity
from motcua.foundation.signing.tests.world import AT, authority

pytestmark = pytest.mark.django_db


@pytest.fixture
def ca(tmp_path, settings):
    return authority(tmp_path, settings)


@pytest.fixture
def person():
    return create_staff(
        username="lanhdao", full_name="Đặng Quốc Hưng", password="Mot-cua-2026!", by=None, at=AT
    )


def registered(ca, person, name: str = "Đặng Quốc Hưng", **how) -> SigningIdentity:
    pem = ca.issue(name, f"{len(list(ca.folder.glob('*.p12')))}.p12", **how)
    return register_identity(
        certificate=pem, chain=ca.chain, keeper="FILE", key_name="x.p12", user=person, by=None, at=AT
    )


class TestRegister:
    def test_keeps_the_certificate_and_never_a_key(self, ca, person) -> None:
        identity = registered(ca, person)
        assert identity.holder_name == "Đặng Quốc Hưng"
        assert "PRIVATE" not in identity.certificate + identity.chain
        assert Line.objects.filter(subject_id=identity.pk, name="SigningIdentityRegistered").count() == 1
        again = register_identity(
            certificate=identity.certificate, keeper="FILE", key_name="x", user=person, by=None, at=AT
        )
        assert again == identity

    def test_refuses_what_is_no_certificate_and_nobody(self, ca, person) -> None:
        with pytest.raises(InvalidInput, match="không phải chứng thư số"):
            register_identity(certificate="x", keeper="FILE", key_name="x", user=person, by=None, at=AT)
        with pytest.raises(InvalidInput, match="chọn người hoặc cơ quan"):
            register_identity(certificate=ca.issue("A", "a.p12"), keeper="FILE", key_name="a", by=None, at=AT)


class TestUsable:
    def test_the_latest_that_is_good_at_that_moment(self, ca, person) -> None:
        short = registered(ca, person, valid_for=timedelta(days=1))
        asked = SigningIdentity.objects
        assert asked.of_officer(person.pk, AT) == short
        assert asked.of_officer(person.pk, AT + timedelta(days=2)) is None
        revoke_identity(identity_id=short.pk, reason="Mất thiết bị", by=None, at=AT + timedelta(hours=1))
        assert asked.of_officer(person.pk, AT + timedelta(minutes=30)) == short
        assert asked.of_officer(person.pk, AT + timedelta(hours=2)) is None

    def test_a_revocation_says_why(self, ca, person) -> None:
        identity = registered(ca, person)
        with pytest.raises(InvalidInput, match="lý do"):
            revoke_identity(identity_id=identity.pk, reason=" ", by=None, at=AT)
