"""The declaration signed on a phone through the simulator: found, asked once, confirmed, and all that may go wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings as live
from django.test import Client

from motcua.core.time import now
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.citizens.tests.factories import a_citizen, a_personal_number, an_organisation, enter
from motcua.foundation.ledger.models import Line
from motcua.foundation.signing.continuing import adds_signatures_alone
from motcua.foundation.signing.local_ca import LocalCa
from motcua.foundation.signing.models import RemoteSignature
from motcua.foundation.signing.operations.documents import bytes_of
from motcua.integrations.outward import Answer, Silent
from motcua.integrations.remote_signing import simulator
from motcua.integrations.remote_signing.models import SimulatedPush
from motcua.integrations.remote_signing.operations import seed_simulated_signer
from motcua.service.dossiers.tests.world import World
from motcua.service.filing.models import Draft, Filing, FrozenDeclaration
from motcua.service.filing.operations import declaring, drafting
from motcua.service.filing.operations.by_phone import look_after_all
from motcua.web.portal.tests.conftest import NAME
from motcua.web.portal.tests.test_declaring import ready, save, send, signed_by
from motcua.web.portal.tests.test_filing import at

pytestmark = pytest.mark.django_db
ASK = "motcua.integrations.remote_signing.client.ask"
WAITS = 'http-equiv="refresh"'


@pytest.fixture(autouse=True)
def line(settings: Any) -> Iterator[None]:
    """What the client sends arrives at the simulator without a network."""
    settings.SIMULATORS = True

    def ask(method: str, address: str, *, body: str, **_: object) -> Answer:
        answer = Client().post(address.removeprefix(live.SELF_URL), body, content_type="application/json")
        return Answer(answer.status_code, answer["Content-Type"], answer.content)

    with patch(ASK, ask):
        yield


@pytest.fixture
def draft(client: Client, online_world: World, second: Any, account: CitizenAccount, ca: LocalCa) -> Draft:
    """Ready to be signed by somebody who holds a key at the provider."""
    seed_simulated_signer()
    key_of(ca, account)
    return ready(client, online_world, second)


def key_of(ca: LocalCa, account: CitizenAccount, name: str = NAME, *, mark: str = "1", **how: Any) -> str:
    number = account.applicant.personal_number
    return ca.issue(name, f"citizen-{number}-{mark}.p12", number=how.pop("number", f"CCCD:{number}"), **how)


def step(client: Client, draft: Draft) -> str:
    return client.get(at(draft, "ky-to-khai")).content.decode()


def find(client: Client, draft: Draft, account: str) -> Any:
    given = {"find": "1", "provider": "mo-phong", "account": account}
    return client.post(at(draft, "ky-to-khai"), given, follow=True)


def press(client: Client, draft: Draft, credential: str = "") -> Any:
    credential = credential or f"citizen-{declaring.signatory_of(draft).number}-1.p12"
    given = {"sign": "1", "provider": "mo-phong", "credential": credential}
    return client.post(at(draft, "ky-to-khai"), given)


def sent(client: Client, draft: Draft) -> SimulatedPush:
    """The declaration frozen and the phone asked."""
    assert find(client, draft, declaring.signatory_of(draft).number).status_code == 200
    assert press(client, draft).status_code == 302
    [push] = simulator.waiting()
    return push


def refusal(answer: Any) -> str:
    assert answer.status_code == 422
    found = re.search(r'id="f-account-error">.*?<span>(.*?)</span>', answer.content.decode(), re.DOTALL)
    assert found, answer.content.decode()
    return found[1]


def test_found_asked_once_confirmed_and_filed(client: Client, draft: Draft, account: CitizenAccount) -> None:
    number = account.applicant.personal_number
    assert f'value="{number}"' in step(client, draft)
    shown = find(client, draft, number).content.decode()
    assert NAME in shown
    assert "Dùng đến" in shown
    for _ in range(2):  # a second press, or a second tab, sends nothing more
        assert press(client, draft).status_code == 302
    [push] = simulator.waiting()
    assert draft.offering.agency.name in push.words
    assert WAITS in step(client, draft)
    found_page = at(draft, "ky-to-khai") + "chung-thu/"
    back = client.get(found_page)  # the back button
    assert (back.status_code, back["Location"]) == (302, at(draft, "ky-to-khai"))
    polled = {"HX-Request": "true"}
    assert client.get(at(draft, "ky-to-khai") + "?v=cho", headers=polled).status_code == 204

    simulator.say(push.pk, "YES")
    later = Client()  # the session was lost meanwhile
    assert later.get(at(draft, "ky-to-khai")).status_code == 302
    enter(later, account)
    assert later.get(found_page).status_code == 302  # nothing was sought in this session
    page = step(later, draft)
    assert "Chữ ký hợp lệ" in page
    assert WAITS not in page
    ended = client.get(at(draft, "ky-to-khai") + "?v=cho", headers=polled)
    assert ended["HX-Redirect"] == at(draft, "ky-to-khai")
    assert "Chữ ký hợp lệ" in step(client, draft)
    kept = FrozenDeclaration.objects.get()
    assert (kept.signer, kept.match, kept.is_time_proven) == (NAME, "NUMBER", True)
    assert adds_signatures_alone(bytes_of(kept.document), bytes_of(kept.signed))
    press(client, draft)  # an old page: there is nothing left to sign
    assert SimulatedPush.objects.count() == 1
    assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 302
    assert Line.objects.get(name="FilingDeclarationSigned").subject_id == Filing.objects.get().pk


def test_what_is_said_on_the_phone_is_told(client: Client, draft: Draft) -> None:
    for said, state, words in (("NO", "REFUSED", "từ chối"), ("OTHER", "WRONG", "không khớp")):
        simulator.say(sent(client, draft).pk, said)
        page = step(client, draft)
        assert words in page
        assert "Ký lại" in page
        assert RemoteSignature.objects.order_by("asked_at").last().state == state
    late = sent(client, draft)
    RemoteSignature.objects.filter(state="WAITING").update(until=now())
    assert "chưa xác nhận" in step(client, draft)
    simulator.say(late.pk, "YES")  # too late
    assert "Chữ ký hợp lệ" not in step(client, draft)
    given_up = sent(client, draft)
    assert client.post(at(draft, "ky-to-khai"), {"stop": "1"}).status_code == 302
    simulator.say(given_up.pk, "YES")
    assert WAITS not in step(client, draft)
    assert not FrozenDeclaration.objects.filter(signed__isnull=False).exists()
    outcomes = Line.objects.filter(name="DeclarationNotSignedByPhone").order_by("at", "pk")
    assert sorted(line.payload["outcome"] for line in outcomes) == ["EXPIRED", "GIVEN_UP", "REFUSED", "WRONG"]
    simulator.say(sent(client, draft).pk, "YES")
    look_after_all(now())  # nobody looks at the page
    assert "Chữ ký hợp lệ" in step(client, draft)


def test_a_change_or_a_file_ends_what_waits(
    client: Client, draft: Draft, account: CitizenAccount, ca: LocalCa
) -> None:
    push = sent(client, draft)
    save(client, draft, "Thửa 13")
    simulator.say(push.pk, "YES")
    assert "Chữ ký hợp lệ" not in step(client, draft)
    assert RemoteSignature.objects.get().state == "GIVEN_UP"
    assert refusal(press(client, draft)).startswith("Tờ khai vừa được sửa")

    push = sent(client, draft)
    [frozen] = FrozenDeclaration.objects.filter(content=declaring.declared_content(draft))
    own = signed_by(ca, NAME, bytes_of(frozen.document), number=f"CCCD:{account.applicant.personal_number}")
    assert send(client, draft, own).status_code == 302
    simulator.say(push.pk, "YES")
    assert "Chữ ký hợp lệ" in step(client, draft)
    assert not RemoteSignature.objects.filter(state__in=["WAITING", "SIGNED"]).exists()


def test_only_a_good_certificate_of_who_files_is_asked(
    client: Client, draft: Draft, account: CitizenAccount, ca: LocalCa
) -> None:
    number, other = account.applicant.personal_number, a_personal_number()
    assert "không có chứng thư nào" in refusal(find(client, draft, other))
    ca.issue("Bà Kín Đáo", f"citizen-{other}-1.p12", number=f"CCCD:{other}")
    told = refusal(find(client, draft, other))
    assert "không phải của Lò Văn Một" in told
    assert "Kín Đáo" not in told  # whose it is concerns nobody else
    assert "không phải của người nộp" in refusal(press(client, draft, f"citizen-{other}-1.p12"))
    assert refusal(find(client, draft, ""))
    key_of(ca, account, mark="cu", valid_for=timedelta(minutes=10))
    assert "hết hạn ngày" in find(client, draft, number).content.decode()  # beside the good one
    assert "hết hạn ngày" in refusal(press(client, draft, f"citizen-{number}-cu.p12"))
    key_of(ca, account, mark="revoked")
    assert "không còn dùng được" in refusal(press(client, draft, f"citizen-{number}-revoked.p12"))
    assert "không còn chứng thư này" in refusal(press(client, draft, "khac.p12"))
    assert not SimulatedPush.objects.exists()

    good = key_of(
        ca, account, mark="2"
    )  # revoked by its issuer while the phone is asked: its provider does not know
    press(client, draft, f"citizen-{number}-2.p12")
    ca.revoke(good, at=now() - timedelta(minutes=1))
    simulator.say(simulator.waiting()[0].pk, "YES")
    assert "thu hồi" in step(client, draft)
    assert RemoteSignature.objects.get().state == "UNFIT"
    assert not FrozenDeclaration.objects.filter(signed__isnull=False).exists()


def test_who_acts_for_a_firm_signs_and_a_forgotten_draft_leaves_nothing(
    client: Client, online_world: World, second: Any, ca: LocalCa
) -> None:
    seed_simulated_signer()
    director = a_citizen(name="Giám Đốc Ba")
    enter(client, director, acting_for=an_organisation(director=director))
    key_of(ca, director, director.name)
    draft, number = ready(client, online_world, second), director.applicant.personal_number
    assert f'value="{number}"' in step(client, draft)
    assert find(client, draft, number).status_code == 200
    press(client, draft, f"citizen-{number}-1.p12")
    simulator.say(simulator.waiting()[0].pk, "YES")
    look_after_all(now())  # the worker does not know who acts: that was judged when the phone was asked
    assert (FrozenDeclaration.objects.get().signer, RemoteSignature.objects.count()) == (director.name, 1)
    assert drafting.forget_draft(draft_id=draft.pk, at=now(), is_asked=True)
    assert not RemoteSignature.objects.exists()


def test_a_silent_provider_loses_nothing(client: Client, draft: Draft, account: CitizenAccount) -> None:
    number = account.applicant.personal_number
    html = Answer(200, "text/html", b"<html>Bao tri</html>")
    for trouble in ({"side_effect": Silent("down")}, {"return_value": html}):
        with patch(ASK, **trouble):
            answer = find(client, draft, number)
            assert "chưa trả lời" in refusal(answer)
            assert f'value="{number}"' in answer.content.decode()
    push = sent(client, draft)
    simulator.say(push.pk, "YES")
    with patch(ASK, return_value=html):
        page = step(client, draft)
        assert "Nhà cung cấp chưa trả lời" in page
        assert WAITS in page
    assert "Chữ ký hợp lệ" in step(client, draft)
    assert SimulatedPush.objects.count() == 1
