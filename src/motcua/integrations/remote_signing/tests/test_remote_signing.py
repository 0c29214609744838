"""A result signed by phone through the simulator: yes, no, late, given up, another content, a revoked certificate, down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.errors import Stale
from motcua.foundation.signing.models import RemoteSignature
from motcua.foundation.signing.validating import validate
from motcua.integrations.outward import Answer, Silent
from motcua.integrations.remote_signing import simulator
from motcua.integrations.remote_signing.client import PhoneSigner
from motcua.integrations.remote_signing.models import SimulatedPush
from motcua.service.dossiers.tests.world import World, build_world
from motcua.service.results.checking import Kind, check_text
from motcua.service.results.models import IssuedResult, SigningJob
from motcua.service.results.operations.signing import carry_out, sign_again, stop_waiting
from motcua.service.results.tests.world import Signers, at, bytes_of, equip, issued

BASE = "/mo-phong/ky-so-tu-xa"


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def signers(world: World, tmp_path, settings) -> Signers:
    """The leader's key lies with the service."""
    settings.SITE_URL, settings.SIMULATORS = "https://motcua.example.vn", True
    settings.REMOTE_SIGNING_URL = f"http://dich-vu{BASE}"
    made = equip(world, tmp_path, settings)
    made.leader.keeper = "REMOTE"
    made.leader.save()
    return made


@pytest.fixture(autouse=True)
def line() -> Iterator[None]:
    """What the client sends arrives at the simulator without a network."""

    def ask(method: str, address: str, *, body: str, **_: object) -> Answer:
        answer = Client().post(address.removeprefix("http://dich-vu"), body, content_type="application/json")
        return Answer(answer.status_code, answer["Content-Type"], answer.content)

    with patch("motcua.integrations.remote_signing.client.ask", ask):
        yield


def carry(hours: float = 5.5) -> None:
    """What the worker does with everything that waits."""
    for pk in (
        SigningJob.objects.filter(state="WAITING").order_by("asked_at", "pk").values_list("pk", flat=True)
    ):
        carry_out(pk, clock=lambda: at(hours))


def leader_job() -> SigningJob:
    return SigningJob.objects.select_related("identity").get(issued=None)


def on_phone() -> SimulatedPush:
    [push] = simulator.waiting()
    return push


def test_yes_signs_once_and_the_agency_follows(world: World, signers: Signers) -> None:
    paper = issued(world)
    for _ in range(3):  # looking again asks nobody again
        carry()
    assert SimulatedPush.objects.count() == 1
    assert leader_job().awaits_phone
    assert "điện thoại trước" in leader_job().sentence
    assert paper.dossier.code in on_phone().words
    assert check_text(paper.paper_id, at=at(5.5)).kind == Kind.PENDING
    simulator.say(on_phone().pk, "YES")
    carry()
    paper.refresh_from_db()
    report = validate(bytes_of(paper.document), at=at(6))
    assert [one.signer for one in report.signatures] == [world.leader.full_name, world.department.name]
    assert report.is_good
    assert RemoteSignature.objects.get().state == "SIGNED"
    assert not RemoteSignature.objects.get().prepared
    carry()
    assert SimulatedPush.objects.count() == 1


def test_the_agencys_seal_bears_the_code_that_was_drawn_first(world: World, signers: Signers) -> None:
    signers.leader.keeper, signers.agency.keeper = "FILE", "REMOTE"
    signers.leader.save(), signers.agency.save()
    paper = issued(world)
    carry()
    paper.refresh_from_db()
    drawn = paper.payload
    assert drawn
    simulator.say(on_phone().pk, "YES")
    carry()
    paper.refresh_from_db()
    assert (paper.payload, paper.is_signed) == (drawn, True)


@pytest.mark.parametrize(
    ("said", "state", "words"), [("NO", "REFUSED", "từ chối"), ("OTHER", "WRONG", "không khớp")]
)
def test_no_and_another_content_sign_nothing(
    world: World, signers: Signers, said: str, state: str, words: str
) -> None:
    issued(world)
    carry()
    simulator.say(on_phone().pk, said)
    carry()
    job = leader_job()
    assert (job.state, job.signed) == ("FAILED", None)
    assert words in job.sentence
    assert RemoteSignature.objects.get().state == state
    sign_again(job_id=job.pk, by=world.leader, at=at(5.6))
    carry(5.6)
    simulator.say(on_phone().pk, "YES")
    carry(5.6)
    assert IssuedResult.objects.get().is_signed


def test_late_and_given_up_count_no_more(world: World, signers: Signers) -> None:
    issued(world)
    carry()
    job, late = leader_job(), on_phone()
    stop_waiting(job_id=job.pk, by=world.leader, at=at(5.5))
    with pytest.raises(Stale):
        stop_waiting(job_id=job.pk, by=world.leader, at=at(5.5))
    simulator.say(late.pk, "YES")  # after it was given up
    carry()
    assert leader_job().state == "FAILED"
    sign_again(job_id=job.pk, by=world.leader, at=at(5.6))
    carry(5.6)
    carry(5.6 + 11 / 60)  # nobody has said anything in time
    assert list(RemoteSignature.objects.order_by("asked_at").values_list("state", flat=True)) == [
        "GIVEN_UP",
        "EXPIRED",
    ]
    simulator.say(on_phone().pk, "YES")
    carry(5.9)
    assert leader_job().signed is None


def test_revoked_unknown_and_down_are_said(world: World, signers: Signers, tmp_path) -> None:
    issued(world)
    for name, words, is_transient in (
        ("khac.p12", "không có chứng thư", False),
        ("revoked.p12", "revoked", False),
    ):
        (tmp_path / "revoked.p12").write_bytes((tmp_path / "leader.p12").read_bytes())
        signers.leader.key_name = name
        signers.leader.save()
        carry()
        assert words in leader_job().sentence
        assert leader_job().is_transient == is_transient
        sign_again(job_id=leader_job().pk, by=world.leader, at=at(5.6))
    with patch("motcua.integrations.remote_signing.client.ask", side_effect=Silent("down")):
        carry()
    assert (leader_job().state, leader_job().is_transient) == ("FAILED", True)
    page = Answer(200, "text/html", b"<html>")
    with patch("motcua.integrations.remote_signing.client.ask", return_value=page):
        carry_out(leader_job().pk, clock=lambda: at(5.7) + timedelta(minutes=1))
    assert "không trả lời" in leader_job().sentence
    [found] = PhoneSigner().found(provider="", account="leader")
    assert (found.key.credential, found.holder.name) == ("leader.p12", world.leader.full_name)
    assert not PhoneSigner().found(provider="", account="nobody")


def test_the_desk_shows_what_waits_and_the_phone_of_the_demo_answers(
    world: World, signers: Signers, client: Client
) -> None:
    paper = issued(world)
    carry()
    client.force_login(world.records)
    page = client.get(reverse("desk:signings")).content.decode()
    assert "Đã xác nhận, kiểm tra lại" in page
    assert (
        client.post(reverse("desk:stop-waiting", args=[paper.dossier_id, leader_job().pk])).status_code == 302
    )
    assert leader_job().state == "FAILED"
    phone = reverse("portal:phone-simulator")
    assert "Yêu cầu ký số" in client.get(phone).content.decode()
    assert client.post(phone, {"push": str(on_phone().pk), "said": "NO"}).status_code == 302
    assert not simulator.waiting()
