"""Mọi ô trên mọi trang: whatever is typed at the portal or at the counter is refused in words or kept as it was typed."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from motcua.config.apps import _connect_channels
from motcua.core.ids import new_id
from motcua.core.time import local_date, now
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.citizens.tests.factories import a_citizen, an_organisation, enter
from motcua.foundation.documents.models import PhoneLink
from motcua.foundation.documents.operations.phoning import sign_of
from motcua.foundation.documents.tests import samples
from motcua.foundation.identity.operations.applicants import ApplicantInput
from motcua.foundation.identity.operations.mandates import give_mandate
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.org.models import Post
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.supplementing import ask_supplement
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, World, in_work, judged
from motcua.service.filing.models import CoSigner, Draft, Filing
from motcua.service.filing.operations import drafting
from motcua.service.filing.operations.answering import Judged
from motcua.service.filing.operations.answering import ask_supplement as ask_of_filing
from motcua.service.filing.tests.conftest import online
from motcua.service.forms.definition import Signers
from motcua.service.forms.tests.sample import SAMPLE, published
from motcua.service.payments.keys import key_of, path_of
from motcua.service.payments.models import Payment, PaymentChannel
from motcua.service.payments.operations.charging import raise_dues
from motcua.service.payments.rules import Charge
from motcua.service.postal.tests.world import carrier
from motcua.service.procedures.models import Offering
from motcua.service.queueing.lines import bookable
from motcua.service.queueing.operations.booking import book
from motcua.service.queueing.operations.machines import make_machine
from motcua.service.queueing.tests.world import Hall, build_hall
from motcua.service.results.models import ResultShare
from motcua.service.results.operations.sharing import token_of
from motcua.service.results.tests.world import equip
from motcua.service.results.tests.world import published as issued_and_signed
from motcua.web.portal import views
from tests.naughty import STRINGS, Walker

pytestmark = pytest.mark.django_db
CODE = "2.000635"
WRITTEN_TO = {
    "portal:draft-form-page", "portal:pairing", "portal:citizen-acting", "portal:invitation-code", "portal:my-return-post",
}  # fmt: skip


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    settings.CLAMAV, settings.SIMULATORS, settings.DEMO = "", True, True
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    monkeypatch.setattr(views, "REFUSAL_TAKES", 0)
    monkeypatch.setattr("motcua.web.portal.paying.REFUSAL_TAKES", 0)


@pytest.fixture
def hall(quick: None, tmp_path: Any, settings: Any) -> Hall:
    made = build_hall()
    online(made.world)
    second = factories.a_user(full_name="Lê Thị Xem Lại")
    post = Post.objects.filter(memberships__user=made.world.admin).first()
    assert post
    appoint(second, post=post, valid_from=factories.START, by=None, at=factories.AT)
    published(
        made.world, second, replace(SAMPLE, signers=Signers(label="Vợ hoặc chồng", least=0, most=2, level=2))
    )
    equip(made.world, tmp_path / "keys", settings)
    PaymentChannel.objects.create(
        agency=made.world.centre, adapter="dvcqg", way="PLATFORM", state="PUBLISHED", name="Cổng thanh toán",
        position=1,
        details={"endpoint": "mo-phong", "ma_doi_tac": "DT01"}, valid_from=LONG_AGO,
    )  # fmt: skip
    _connect_channels()
    return made


def no_faults(*walkers: Walker) -> None:
    faults = [fault for walker in walkers for fault in walker.faults]
    posts = sum(walker.posts for walker in walkers)
    assert not faults, f"{len(faults)} faults in {posts} posts\n" + "\n".join(faults[:40])
    print(f"\n{posts} posts of {len(STRINGS)} strings")


class TestThePortal:
    def test_survives_every_string_in_every_field(self, hall: Hall) -> None:
        world = hall.world
        me = a_citizen(
            name=world.applicant.name, personal_number=world.applicant.personal_number, phone="0912345678"
        )
        guest, mine, firm, kiosk, other = (Walker(Client()) for _ in range(5))
        enter(mine.client, me)
        walked(guest, guest_pages(guest.client, hall))
        walked(mine, own_pages(mine.client, world, me))
        walked(firm, firm_pages(firm.client, me))
        walked(kiosk, kiosk_pages(kiosk.client, hall))
        enter(other.client, CitizenAccount.objects.get(applicant__name="Phạm Thị Giúp"))
        walked(other, ["/dong-y/", f"/dong-y/{CoSigner.objects.get().code}/"])
        walked(guest, [photographing(guest.client, world)])
        walkers = (guest, mine, firm, kiosk, other)
        no_faults(*walkers)
        tried = set().union(*(walker.posted for walker in walkers))
        assert tried >= WRITTEN_TO, sorted(WRITTEN_TO - tried)


class TestTheCounter:
    def test_survives_every_string_in_every_field_of_a_reception(self, hall: Hall) -> None:
        world = hall.world
        walker = Walker(Client())
        walker.client.force_login(world.clerk)
        person = f"/quay/tiep-nhan/{world.applicant.pk}/"
        reception = f"{person}{world.offering.pk}/"
        filing, posted = filed(Client(), world), by_post(world)
        walked(
            walker,
            [
                "/quay/", "/quay/tiep-nhan/", "/quay/tiep-nhan/?moi=1", person, f"{person}sua/", f"{person}uy-quyen/",
                reception, f"{reception}tu-choi/", "/quay/ban-nhap/", f"/quay/truc-tuyen/{filing.pk}/", "/quay/goi-so/",
                f"/quay/buu-chinh/chon/{posted.pk}/",
            ],
        )  # fmt: skip
        no_faults(walker)
        assert {
            "counter:receive",
            "counter:reception",
            "counter:refuse",
            "counter:filing",
            "counter:person",
            "counter:post-choice",
        } <= walker.posted


def walked(walker: Walker, addresses: list[str]) -> None:
    for address in addresses:
        walker.visit(address)


def guest_pages(client: Client, hall: Hall) -> list[str]:
    """What somebody meets who has not signed in, with a draft under way and a filing that waits for more."""
    world = hall.world
    draft = begun(client, world)
    own = f"/nop-ho-so/{CODE}/{draft.pk}/"
    changed = begun(client, world)
    filing = filed(client, world)
    waiting = filed(client, world)
    verdicts = {part.pk: Judged("MEND", "Chụp lại") for part in waiting.parts.all()}
    ask_of_filing(filing_id=waiting.pk, judged=verdicts, missing=["Ảnh 3x4"], by=world.clerk, at=now())
    due, begun_due = dues(world)
    paid = {"khoa": key_of(begun_due.pk), "channel": str(PaymentChannel.objects.get().pk)}
    begun_answer = client.post(f"/thanh-toan/{begun_due.pk}/", paid)
    assert begun_answer.status_code == 302, begun_answer.content.decode()
    order = Payment.objects.get(due=begun_due)
    moment = next(iter(bookable(hall.civil, now()).values()))[-1].starts_at
    booked = book(
        field_id=hall.civil.pk, starts_at=moment, name="Lê Thị Hoa", phone="0912345678", offering_id=None,
        appointment_id=new_id(), by=None, at=now(),
    )  # fmt: skip
    ticket = hall.take(at=now())
    slots = f"/hang-cho/{hall.unit.pk}/dat-hen/{hall.civil.pk}/{moment.astimezone().strftime('%Y%m%d%H%M')}/"
    return [
        "/", "/thu-tuc/", f"/thu-tuc/{CODE}/", "/tra-cuu/", "/ho-so-cham/", "/tinh-ngay-hen-tra/", "/xac-thuc/",
        "/thanh-toan/", path_of(due.pk), path_of(begun_due.pk), order.pay_url, "/mo-phong/dien-thoai/",
        f"/nop-ho-so/{CODE}/",
        "/nop-ho-so/tiep-tuc/", *(f"{own}{step}/" for step in (
            "noi-nop", "nguoi-nop", "to-khai/person", "to-khai/family", "to-khai/money", "giay-to",
            "nhan-ket-qua", "kiem-tra", "xoa")),
        f"/nop-ho-so/{CODE}/{changed.pk}/nguoi-nop/", f"/cong-dan/ho-so/{filing.code}/rut/",
        f"/cong-dan/ho-so/{filing.code}/lien-he/", f"/cong-dan/ho-so/{waiting.code}/bo-sung/", "/hang-cho/hen/",
        f"/hang-cho/hen/{booked.pk}/", f"/hang-cho/so/{ticket.pk}/", slots, "/hang-cho/may/", "/cong-dan/dang-nhap/",
    ]  # fmt: skip


def own_pages(client: Client, world: World, me: CitizenAccount) -> list[str]:
    """What somebody meets who has signed in."""
    filing = filed(client, world)
    dossier = in_work(world, at=now() - timedelta(hours=3))
    ask_supplement(
        dossier_id=dossier.pk, items=judged(dossier), reason="Thiếu chữ ký", contact_name="Em", by=world.officer, at=now()
    )  # fmt: skip
    agent = a_citizen(name="Phạm Thị Giúp", phone="0987654321")
    mandate = give_mandate(
        principal=me.applicant, agent=agent.applicant, valid_from=date(2026, 1, 1), paper="Giấy ủy quyền",
        valid_to=local_date(now()) + timedelta(days=30), by=world.clerk, at=BEGINNING,
    )  # fmt: skip
    an_organisation(director=me)
    enter(Client(), me)  # another device
    draft = begun(client, world)
    together = f"/nop-ho-so/{CODE}/{draft.pk}/cung-ky/"
    invited = {"key": str(uuid4()), "name": agent.name, "personal_number": agent.applicant.personal_number}
    client.post(together, {**invited, "phone": "0912345678"})
    paper = issued_and_signed(world)
    result = f"/cong-dan/ket-qua/{paper.paper_id}/"
    client.post(
        reverse("portal:share-result", args=[paper.paper_id]),
        {"to_whom": "Ngân hàng", "days": "7", "key": str(new_id())},
    )
    return [
        together, "/cong-dan/ket-qua/", result, *(
            reverse(f"portal:{name}", args=[paper.paper_id])
            for name in ("share-result", "order-copy", "ask-correction")
        ), f"/chia-se/{token_of(ResultShare.objects.get())}/",
        "/cong-dan/", "/cong-dan/tai-khoan/", "/cong-dan/tai-khoan/lien-ket/", "/cong-dan/thiet-bi/", "/cong-dan/uy-quyen/",
        "/cong-dan/uy-quyen/moi/", f"/cong-dan/uy-quyen/{mandate.pk}/thu-hoi/", "/cong-dan/giay-to/ai-da-xem/",
        "/cong-dan/ai-da-xem/", f"/cong-dan/ho-so/{filing.code}/", f"/cong-dan/ho-so/{dossier.code}/",
        f"/cong-dan/ho-so/{dossier.code}/bo-sung/", f"/nop-ho-so/{CODE}/",
        reverse("portal:my-return-post", args=[by_post(world).code]),
    ]  # fmt: skip


def firm_pages(client: Client, director: CitizenAccount) -> list[str]:
    firm = an_organisation(director=director)
    enter(client, director, acting_for=firm)
    batch = uuid4()
    offering = Offering.objects.get()
    client.post(f"/nop-nhieu/thu-tuc/{CODE}/", {"key": str(batch), "offering": offering.pk})
    return [
        f"/nop-nhieu/thu-tuc/{CODE}/",
        f"/nop-nhieu/{batch}/",
        "/cong-dan/nguoi-lam-thay/",
        "/cong-dan/",
        "/cong-dan/tai-khoan/",
    ]


def kiosk_pages(client: Client, hall: Hall) -> list[str]:
    _machine, key = make_machine(
        unit=hall.unit, name="Cửa chính", rights=("TAKE",), by=hall.world.admin, at=now()
    )
    client.post("/hang-cho/may/", {"key": key})
    return [f"/hang-cho/{hall.unit.pk}/lay-so/", f"/hang-cho/{hall.unit.pk}/nhan-hen/"]


def photographing(client: Client, world: World) -> str:
    """The page that a phone opens from the code of one paper."""
    paper = f"/nop-ho-so/{CODE}/{begun(client, world).pk}/giay-to/{world.papers[0].pk}/"
    client.post(f"{paper}?dien-thoai=moi", headers={"HX-Request": "true"})
    link = PhoneLink.objects.latest("begun_at")
    return f"/chup/{link.pk}/{sign_of(link.pk)}/"


def begun(client: Client, world: World) -> Draft:
    """A draft whose steps are done up to the last one."""
    key = uuid4()
    client.post(f"/nop-ho-so/{CODE}/", {"draft": str(key), "offering": world.offering.pk})
    owner = ApplicantInput(name="Lò Thị Hòa", personal_number="014190001237", phone="0987654321")
    drafting.save_person(draft_id=key, owner=owner, at=now())
    for place, one in enumerate(world.papers[:2]):
        content = BytesIO(samples.pdf(1, title=f"{key} {place}"))
        drafting.keep_file(draft_id=key, paper_id=one.pk, upload=content, name="ảnh.pdf", at=now())
    drafting.save_way(draft_id=key, ways={world.papers[2].pk: "PAPER"}, at=now())
    drafting.save_return(draft_id=key, channel="COUNTER", at=now())
    return Draft.objects.get(pk=key)


def filed(client: Client, world: World) -> Filing:
    draft = begun(client, world)
    own = f"/nop-ho-so/{CODE}/{draft.pk}/"
    home = {"home.form": "NEW", "home.province": "01", "home.ward": "Hoan Kiem", "home.detail": "12 Trần Phú"}
    client.post(f"{own}to-khai/person/", {"name": "Lò Thị Hòa", "born": "1985", **home})
    client.post(f"{own}to-khai/family/", {"has_children": "no"})
    client.post(f"{own}to-khai/money/", {"amount": "5.000", "truth": "1"})
    answer = client.post(f"{own}kiem-tra/", {"truth": "1"})
    assert answer.status_code == 302, answer.content.decode()
    return Filing.objects.latest("submitted_at")


def by_post(world: World) -> Dossier:
    """A dossier whose result goes by post, by a carrier that is still to be chosen."""
    carrier()
    dossier = world.receive(at=now(), return_channel="POST")
    assert dossier.return_channel == "POST"
    return dossier


def dues(world: World) -> list[Any]:
    made = []
    for _ in range(2):
        dossier: Dossier = world.receive(at=now())
        made += raise_dues(
            subject_id=dossier.pk, code=dossier.code, offering=world.offering, payer_name="Nguyễn Thị Ánh", at=now(),
            charges=[Charge("FEE", "Phí thẩm định", 50_000, "Mức thu cố định")],
        )  # fmt: skip
    return made
