"""A draft opened at the counter by its code, and a supplement that was sent on line."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from motcua.core.ids import new_id
from motcua.core.time import now
from motcua.foundation.documents.tests import samples
from motcua.foundation.identity.operations.applicants import ApplicantInput
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.operations.delivering import Sent, keep_delivered, send_supplement
from motcua.service.dossiers.operations.supplementing import ask_supplement
from motcua.service.dossiers.tests.world import World, build_world, in_work, judged, lacking_items
from motcua.service.filing.models import Draft, Filing
from motcua.service.filing.operations import drafting
from motcua.service.filing.tests.conftest import online

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    settings.CLAMAV = ""
    built = build_world()
    online(built)
    return built


@pytest.fixture
def desk(client: Client, world: World) -> Client:
    client.force_login(world.clerk)
    return client


@pytest.fixture
def draft(world: World) -> Draft:
    begun = drafting.begin_draft(draft_id=new_id(), offering=world.offering, at=now())
    owner = ApplicantInput(name="Lò Thị Hòa", personal_number="014190001237", phone="0987654321")
    drafting.save_person(draft_id=begun.pk, owner=owner, at=now())
    for paper in world.papers[:2]:
        content = BytesIO(samples.pdf(1, title=paper.name))
        drafting.keep_file(draft_id=begun.pk, paper_id=paper.pk, upload=content, name="ảnh.pdf", at=now())
    return drafting.save_return(draft_id=begun.pk, channel="POST", address="12 Trần Phú", at=now())


class TestDraftsAtTheCounter:
    def test_are_closed_until_the_code_is_typed(self, desk: Client, draft: Draft) -> None:
        assert desk.get(f"/quay/ban-nhap/{draft.pk}/").status_code == 404
        wrong = desk.post("/quay/ban-nhap/", {"code": "AAAA-AAAA-AA"})
        assert wrong.status_code == 422
        document = draft.papers.first().documents.get()
        assert desk.get(f"/quay/ban-nhap/tep/{document.pk}/").status_code == 404

    def test_are_taken_in_with_everything_filled_in(self, desk: Client, world: World, draft: Draft) -> None:
        shown = desk.post("/quay/ban-nhap/", {"code": draft.shown_code.lower()}, follow=True).content.decode()
        assert "Lò Thị Hòa" in shown
        document = draft.papers.first().documents.get()
        assert desk.get(f"/quay/ban-nhap/tep/{document.pk}/").status_code == 200
        answer = desk.post(f"/quay/ban-nhap/{draft.pk}/")
        address = answer["Location"]
        page = desk.get(address).content.decode()
        assert page.count("ảnh.pdf") >= 2
        assert f'name="paper-{world.papers[0].pk}" value="PROVIDED" checked' in page
        given = {f"paper-{paper.pk}": "PROVIDED" for paper in world.papers}
        given |= {f"doc-{row.paper_id}": str(row.documents.get().pk) for row in draft.papers.all()}
        taken = desk.post(address, {**given, "return_channel": "POST", "channel": "COUNTER", "sets": "1"})
        dossier = Dossier.objects.get()
        assert taken.status_code == 302, taken.content.decode()
        draft.refresh_from_db()
        assert (dossier.pk, draft.dossier) == (draft.dossier_key, dossier)
        assert (dossier.scans.count(), dossier.return_channel) == (2, "POST")
        assert dossier.applicant.name == "Lò Thị Hòa"
        again = desk.post("/quay/ban-nhap/", {"code": draft.code})
        assert again["Location"] == f"/quay/ho-so/{dossier.pk}/"


class TestDeliveriesAtTheCounter:
    def test_are_looked_at_and_taken_in(self, desk: Client, world: World) -> None:
        at = now() - timedelta(days=1)
        dossier = in_work(world, at=at - timedelta(days=1))
        ask_supplement(
            dossier_id=dossier.pk, items=judged(dossier), reason="Thiếu chữ ký", contact_name="Em",
            by=world.officer, at=at,
        )  # fmt: skip
        supplement, items = dossier.supplements.get(), lacking_items(dossier)
        document = keep_delivered(
            supplement=supplement,
            item=items[0],
            upload=BytesIO(samples.pdf(1, title="ký")),
            name="ký.pdf",
            at=now(),
        )
        send_supplement(
            dossier_id=dossier.pk,
            sent=[Sent(items[0].pk, [document.pk]), Sent(items[1].pk, words="Đã có")],
            at=now(),
        )
        delivery = dossier.deliveries.get()
        assert dossier.code in desk.get("/quay/truc-tuyen/bo-sung/").content.decode()
        address = f"/quay/truc-tuyen/bo-sung/{delivery.pk}/"
        assert "ký.pdf" in desk.get(address).content.decode()
        assert desk.get(f"/quay/truc-tuyen/bo-sung/tep/{document.pk}/").status_code == 200
        papers = list(delivery.papers.all())
        first = {f"good-{papers[0].pk}": "1", f"good-{papers[1].pk}": "0"}
        assert desk.post(address, first).status_code == 422
        assert desk.post(address, {f"good-{paper.pk}": "1" for paper in papers}).status_code == 302
        document.refresh_from_db()
        dossier.refresh_from_db()
        assert (document.subject_id, dossier.state) == (dossier.pk, "IN_WORK")


class TestAssistance:
    def begun(self, desk: Client, world: World) -> Draft:
        assert "Cấp bản sao" in desk.get("/quay/ho-tro-nop/").content.decode()
        key = str(new_id())
        for _ in range(2):
            answer = desk.post("/quay/ho-tro-nop/", {"key": key, "offering": world.offering.pk})
        assert answer["Location"] == f"/nop-ho-so/{world.procedure.code}/{key}/nguoi-nop/"
        own = {"acting": "SELF", "kind": "PERSON", "name": "Lò Thị Hòa", "personal_number": "014190001237"}
        assert desk.post(answer["Location"], {**own, "phone": "0987654321"}).status_code == 302
        draft = Draft.objects.get()
        for paper in world.papers:
            drafting.save_way(draft_id=draft.pk, ways={paper.pk: "PAPER"}, at=now())
        drafting.save_return(draft_id=draft.pk, channel="COUNTER", at=now())
        return draft

    def check(self, draft: Draft) -> str:
        return f"/nop-ho-so/{draft.offering.procedure.code}/{draft.pk}/kiem-tra/"

    def test_is_filed_when_the_person_has_signed(self, desk: Client, world: World) -> None:
        draft = self.begun(desk, world)
        assert "Bạn đang hỗ trợ người nộp" in desk.get(self.check(draft)).content.decode()
        refused = desk.post(self.check(draft), {"truth": "1"})
        assert refused.status_code == 422
        assert "in bản khai để người nộp" in refused.content.decode()
        assert desk.post(self.check(draft), {"truth": "1", "signed": "1"}).status_code == 302
        filing = Filing.objects.get()
        assert (filing.assisted_by, filing.assisted_how, filing.is_unverified) == (
            world.clerk,
            "PAPER",
            False,
        )
        line = Line.objects.get(subject_id=filing.pk, name="FilingAssisted")
        assert line.actor_id == world.clerk.pk
        page = desk.get("/quay/truc-tuyen/").content.decode()
        assert "0 hồ sơ người dân tự nộp, 1 hồ sơ có công chức hỗ trợ" in page
        assert world.clerk.full_name in desk.get(f"/quay/truc-tuyen/{filing.pk}/").content.decode()

    def test_is_filed_by_the_person_on_their_own_phone(self, desk: Client, world: World) -> None:
        draft, phone = self.begun(desk, world), Client()
        phone.post("/nop-ho-so/tiep-tuc/", {"code": draft.code})
        assert "ký bản khai" not in phone.get(self.check(draft)).content.decode()
        assert phone.post(self.check(draft), {"truth": "1"}).status_code == 302
        filing = Filing.objects.get()
        assert (filing.assisted_how, filing.is_unverified) == ("PHONE", True)
