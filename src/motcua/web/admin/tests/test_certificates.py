"""Certificates from the page: a key goes into the keeper and signs; what is wrong is said; what ends is told ahead."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.core.time import now
from motcua.foundation.notices.certificates import warn_of_endings
from motcua.foundation.notices.models import Notice
from motcua.foundation.signing.local_ca import LocalCa
from motcua.foundation.signing.making import sign_pdf
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.operations.keeping import register_identity
from motcua.foundation.signing.tests.world import authority, paper
from motcua.foundation.signing.validating import validate
from motcua.service.dossiers.tests.world import World
from motcua.web.admin import certificates

NEW = reverse("admin:new-certificate")
SENT = "mat-khau-noi-cap"


@pytest.fixture
def ca(settings, tmp_path: Path) -> LocalCa:
    return authority(tmp_path / "ours", settings, now() - timedelta(days=1))


@pytest.fixture
def sent(ca: LocalCa, tmp_path: Path) -> bytes:
    """What the issuer has sent: a file under its own passphrase, that ends in 50 days."""
    ca.folder, ours = tmp_path / "sent", ca.secret
    ca.folder.mkdir()
    ca.secret = SENT
    ca.issue("Sở Tư pháp", "so.p12", valid_for=timedelta(days=51))
    ca.folder, ca.secret = tmp_path / "ours", ours
    return (tmp_path / "sent" / "so.p12").read_bytes()


def typed(world: World, content: bytes, **more: object) -> dict[str, object]:
    agency = f"{world.department.name} ({world.department.code})"
    return {
        "kind": "AGENCY", "agency": agency, "keeper": "FILE", "password": SENT,
        "file": SimpleUploadedFile("so.p12", content), **more,
    }  # fmt: skip


class TestRegister:
    def test_a_file_is_kept_under_our_own_passphrase_and_signs(
        self, admin: Client, world: World, sent: bytes, tmp_path: Path
    ) -> None:
        for wrong in (
            {"password": "sai"},
            {"file": SimpleUploadedFile("x.p12", b"x")},
            {"agency": "Không có"},
        ):
            assert admin.post(NEW, typed(world, sent, **wrong)).status_code == 422
        assert not SigningIdentity.objects.exists()
        for _ in range(2):
            assert admin.post(NEW, typed(world, sent)).status_code == 302
        made = SigningIdentity.objects.get()
        kept = tmp_path / "ours" / made.key_name
        assert kept.stat().st_mode & 0o077 == 0
        at = now()
        signed = sign_pdf(paper(), identity=made, reason="Thử", place="", at=at)
        assert validate(signed.content, at=at).is_good
        page = admin.get(reverse("admin:certificates")).content.decode()
        assert "Còn 50 ngày" in page
        assert made.serial in Client().get(reverse("portal:public-keys")).content.decode()
        one = reverse("admin:certificate", args=[made.pk])
        assert admin.post(one, {"reason": ""}).status_code == 422
        assert admin.post(one, {"reason": "Đổi nơi cấp"}).status_code == 302
        assert "Đổi nơi cấp" in admin.get(one).content.decode()
        assert admin.post(NEW, typed(world, sent)).status_code == 422  # what was ended stays ended

    def test_a_remote_key_is_named_for_an_officer(self, admin: Client, world: World, ca: LocalCa) -> None:
        pem = ca.issue(world.leader.full_name, "leader.p12").encode()
        given = typed(
            world, b"", kind="OFFICER", keeper="REMOTE", username=world.leader.username, key_name="cred-1",
            certificate=SimpleUploadedFile("a.cer", pem), chain=SimpleUploadedFile("b.pem", ca.chain.encode()),
        )  # fmt: skip
        assert admin.post(NEW, {**given, "username": "khong-co"}).status_code == 422
        given["certificate"].seek(0), given["chain"].seek(0)
        assert admin.post(NEW, given).status_code == 302
        made = SigningIdentity.objects.get()
        assert (made.user, made.keeper, made.key_name) == (world.leader, "REMOTE", "cred-1")

    def test_the_list_goes_page_by_page_and_is_sought(
        self, admin: Client, world: World, ca: LocalCa, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(certificates, "SIZE", 2)
        for person, days in ((world.leader, 9), (world.officer, 90), (world.clerk, 400)):
            file = f"{person.username}.p12"
            register_identity(
                certificate=ca.issue(person.full_name, file, valid_for=timedelta(days=days)), chain=ca.chain,
                keeper="FILE", key_name=file, user=person, agency=world.department, by=None, at=now(),
            )  # fmt: skip
        here = reverse("admin:certificates")
        first = admin.get(here).content.decode()
        assert world.leader.full_name in first
        assert world.clerk.full_name not in first
        following = re.search(r'rel="next" href="([^"]+)"', first)
        second = admin.get(here + unescape(following[1])).content.decode()
        assert world.clerk.full_name in second
        assert "Trang sau" not in second
        found = admin.get(here, {"q": world.officer.full_name}).content.decode()
        assert world.officer.full_name in found
        assert world.leader.full_name not in found
        SigningIdentity.objects.filter(user=world.clerk).update(
            revoked_at=now(), revoked_reason="Mất thiết bị"
        )
        assert "Mất thiết bị" in admin.get(here, {"muc": "het"}).content.decode()

    def test_only_who_looks_after_keys(self, enter, world: World) -> None:
        assert enter(world.clerk).get(NEW).status_code == 403


def test_what_ends_is_told_once_at_each_distance(admin: Client, world: World, sent: bytes) -> None:
    world.department.email = "so@vidu.vn"
    world.department.save()
    admin.post(NEW, typed(world, sent))
    at = now()
    assert [warn_of_endings(at + timedelta(days=days)) for days in (0, 1, 21, 22, 44, 45)] == [
        1,
        0,
        1,
        0,
        1,
        0,
    ]
    assert Notice.objects.filter(kind="CERTIFICATE_ENDS").count() == 3
