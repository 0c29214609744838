"""The owner of a received dossier changes what the rule lets them change, until it is too late; who holds it is told."""

from __future__ import annotations

import pytest
from django.test import Client

from motcua.core.time import local_date, now
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.citizens.tests.factories import a_citizen, enter
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.models import Dossier, Message
from motcua.service.dossiers.operations.talking import write_to_applicant
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.world import World
from motcua.service.filing.models import FilingRule
from motcua.service.filing.operations.amending import amendable_now
from motcua.service.postal.models import PostalChoice
from motcua.service.postal.tests.world import carrier

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client: Client) -> CitizenAccount:
    account = a_citizen()
    enter(client, account)
    return account


@pytest.fixture
def dossier(online_world: World, me: CitizenAccount) -> Dossier:
    return online_world.receive(applicant=me.applicant, at=now())


def typed(dossier: Dossier, **more: str) -> dict[str, str]:
    now_ = {"matter": dossier.matter, "phone": dossier.phone, "return_channel": dossier.return_channel}
    return {**now_, "reason": "Đổi số máy", **more}


def test_changes_are_kept_once_and_told_to_who_holds_it(
    client: Client, dossier: Dossier, me: CitizenAccount
) -> None:
    own = f"/cong-dan/ho-so/{dossier.code}/"
    assert f"{own}sua/" in client.get(own).content.decode()
    given = typed(dossier, phone="0987 654 321", return_channel="POST")
    for _ in range(2):
        assert client.post(f"{own}sua/", given)["Location"] == own
    dossier.refresh_from_db()
    assert (dossier.phone, dossier.return_channel) == ("0987654321", "POST")
    line = Line.objects.get(subject_id=dossier.pk, name="DossierAmended")
    assert line.actor_id == me.pk
    assert len(line.payload["changes"]) == 2
    message = Message.objects.get(dossier=dossier)
    assert "0987654321" in message.text
    assert not message.asks
    client.post(f"{own}sua/", typed(dossier, matter="Xin thêm một bản"))
    assert Message.objects.get(dossier=dossier, asks=True).text.count("Xin thêm một bản") == 1


def test_a_change_to_the_post_asks_by_which_carrier_and_for_how_much(
    client: Client, online_world: World, dossier: Dossier, me: CitizenAccount
) -> None:
    post = carrier()
    own = f"/cong-dan/ho-so/{dossier.code}/"
    here = f"{own}sua/buu-chinh/"
    assert client.get(here)["Location"] == f"{own}sua/"  # the result is not sent by post
    assert client.post(f"{own}sua/", typed(dossier, return_channel="POST"))["Location"] == here
    chosen = {"return_address": "Thôn Tây", "province_code": "31", "ward": "", "carrier": str(post.pk)}
    assert "Cước cho địa chỉ vừa ghi" in client.post(here, chosen).content.decode()
    assert not PostalChoice.objects.exists()
    assert client.post(here, {**chosen, f"seen-{post.pk}": "31000"})["Location"] == own
    choice = PostalChoice.objects.get()
    assert (choice.dossier, choice.carrier, choice.address, choice.account_id) == (
        dossier,
        post,
        "Thôn Tây",
        me.pk,
    )
    assert (
        "Kết quả giao qua <b>Bưu điện tỉnh</b>, cước 31.000 đồng" in client.get(f"{own}sua/").content.decode()
    )
    stranger = Client()
    enter(stranger, a_citizen(name="Người Lạ", personal_number="001203009999"))
    assert stranger.post(here, chosen).status_code == 404
    Dossier.objects.update(state=State.SIGNED)
    assert client.post(here, chosen).status_code == 409


def test_a_question_of_the_office_stands_before_the_line_of_time(
    client: Client, dossier: Dossier, online_world: World
) -> None:
    own = f"/cong-dan/ho-so/{dossier.code}/"
    write_to_applicant(
        dossier_id=dossier.pk, text="Khởi công tháng nào?", asks=True, by=online_world.clerk, at=now()
    )
    page = client.get(own).content.decode()
    assert page.index("Cơ quan đang hỏi bạn") < page.index("Hồ sơ đang ở đâu")
    client.post(own, {"text": "Tháng ba."})
    assert "Cơ quan đang hỏi bạn" not in client.get(own).content.decode()


def test_says_what_is_wrong_by_the_field(client: Client, dossier: Dossier) -> None:
    answer = client.post(f"/cong-dan/ho-so/{dossier.code}/sua/", typed(dossier, phone="12", reason=""))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Hãy ghi vì sao bạn sửa" in page
    answer = client.post(f"/cong-dan/ho-so/{dossier.code}/sua/", typed(dossier, phone="12"))
    assert answer.status_code == 422
    assert not Line.objects.filter(name="DossierAmended").exists()


def test_until_when_is_the_rules(client: Client, dossier: Dossier) -> None:
    assert amendable_now(dossier, now()) == ["matter", "phone", "return_channel"]
    Dossier.objects.filter(pk=dossier.pk).update(state=State.DECIDED)
    page = client.get(f"/cong-dan/ho-so/{dossier.code}/sua/").content.decode()
    assert 'name="matter"' not in page
    assert 'name="phone"' in page
    late = client.post(f"/cong-dan/ho-so/{dossier.code}/sua/", typed(dossier, matter="Khác hẳn"))
    assert late.status_code == 409
    Dossier.objects.filter(pk=dossier.pk).update(state=State.SIGNED)
    assert "không tự sửa được nữa" in client.get(f"/cong-dan/ho-so/{dossier.code}/sua/").content.decode()
    Dossier.objects.filter(pk=dossier.pk).update(state=State.RECEIVED)
    FilingRule.objects.create(valid_from=local_date(now()), amendable={"phone": "IN_WORK"})
    dossier.refresh_from_db()
    assert amendable_now(dossier, now()) == ["phone"]


def test_is_nobody_elses(client: Client, dossier: Dossier) -> None:
    stranger = Client()
    assert stranger.get(f"/cong-dan/ho-so/{dossier.code}/sua/").status_code == 302
    enter(stranger, a_citizen())
    assert stranger.get(f"/cong-dan/ho-so/{dossier.code}/sua/").status_code == 404
    assert stranger.post(f"/cong-dan/ho-so/{dossier.code}/sua/", typed(dossier)).status_code == 404
