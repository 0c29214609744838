"""Others stand for a dossier too: nobody files it before they have agreed, and to what it says now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from motcua.core.errors import InvalidInput
from motcua.core.time import now
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.citizens.tests.factories import a_citizen, a_personal_number, an_organisation, enter
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.ledger.models import Line
from motcua.foundation.org.models import Post
from motcua.service.dossiers.tests.world import BEGINNING, World
from motcua.service.filing.models import CoSigner, Draft, Filing
from motcua.service.filing.operations import cosigning
from motcua.service.filing.operations.answering import accept
from motcua.service.filing.operations.finishing import receive_draft
from motcua.service.filing.receipt import receipt_pdf
from motcua.service.forms.asking import answers_of
from motcua.service.forms.checking import problems_of, read_document
from motcua.service.forms.definition import Definition, Field, Group, Page, Signers, Widget, read, write
from motcua.service.forms.tests.sample import published
from motcua.service.payments.models import PayerGroup
from motcua.web.portal.tests.test_filing import a_file, at, begin, walk

pytestmark = pytest.mark.django_db
FORM = Definition(
    title="Tờ khai chung",
    pages=(
        Page(
            key="chung",
            title="Nội dung",
            groups=(Group(key="mot", fields=(Field(name="land", label="Thửa đất", widget=Widget.TEXT),)),),
        ),
    ),
    signers=Signers(label="Vợ hoặc chồng", least=1, most=1, level=2),
)


@pytest.fixture
def form(online_world: World) -> World:
    second = factories.a_user(full_name="Lê Thị Xem Lại")
    post = Post.objects.filter(memberships__user=online_world.admin).first()
    assert post
    appoint(second, post=post, valid_from=factories.START, by=None, at=factories.AT)
    published(online_world, second, FORM)
    return online_world


@pytest.fixture
def draft(client: Client, form: World) -> Draft:
    """Everything is there but the word of the other."""
    enter(client, a_citizen(name="Lò Văn Một", phone="0987654321"))
    made = walk(client, form)
    save(client, made, "Thửa 12")
    return made


def save(client: Client, draft: Draft, land: str) -> None:
    begun = answers_of(draft.dossier_key)
    count = begun.pages.get("chung", 0) if begun else 0
    answer = client.post(at(draft, "to-khai/chung"), {"land": land, "_count": str(count)})
    assert answer.status_code == 302, answer.content.decode()


def invited(client: Client, draft: Draft, number: str) -> CoSigner:
    person = {"key": str(uuid4()), "name": "Vàng Thị Hai", "personal_number": number, "phone": "0912345678"}
    for _ in range(2):
        assert client.post(at(draft, "cung-ky"), person).status_code == 302
    return CoSigner.objects.get()


def agreed(account: CitizenAccount, signer: CoSigner, **how: Any) -> Any:
    other = Client()
    enter(other, account, **how)
    page = other.get(f"/dong-y/{signer.code}/").content.decode()
    assert "Lò Văn Một" in page
    content = page.split('name="content" value="')[1].split('"')[0]
    return other.post(f"/dong-y/{signer.code}/", {"truth": "1", "content": content})


class TestTheOther:
    def test_agrees_and_is_asked_anew_when_it_changes(self, client: Client, draft: Draft) -> None:
        refused = client.post(at(draft, "kiem-tra"), {"truth": "1"})
        assert refused.status_code == 422
        assert "Cần 1 người cùng đứng tên" in refused.content.decode()
        spouse = a_citizen(name="Vàng Thị Hai")
        signer = invited(client, draft, spouse.applicant.personal_number)
        assert signer.shown_code in client.get(at(draft, "cung-ky")).content.decode()
        assert "Còn chờ đồng ý: Vàng Thị Hai" in client.get(at(draft, "kiem-tra")).content.decode()

        assert "/nang-muc/" in agreed(spouse, signer, level="1")["Location"]
        assert agreed(spouse, signer).status_code == 302
        save(client, draft, "Thửa 13")
        signer.refresh_from_db()
        assert signer.state == CoSigner.State.INVITED
        assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 422
        client.get(at(draft, "kiem-tra"))  # looking changes nothing
        assert agreed(spouse, signer).status_code == 302

        assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 302
        filing = Filing.objects.get()
        line = Line.objects.get(name="FilingCoSigned")
        assert (line.subject_id, line.payload["signers"][0]["name"]) == (filing.pk, "Vàng Thị Hai")
        assert receipt_pdf(filing).startswith(b"%PDF")
        assert Line.objects.filter(name="AgreementsTakenBack").count() == 1

    def test_is_told_what_is_paid_and_follows_without_a_hand_in_it(
        self, client: Client, draft: Draft, form: World
    ) -> None:
        group = PayerGroup.objects.create(
            code="NGHEO", name="Hộ nghèo", proof="Giấy hộ nghèo", valid_from=BEGINNING.date()
        )
        Draft.objects.update(payer_group=group.pk)
        proof = store(
            a_file("hộ nghèo", "so-ho-ngheo.pdf"),
            name="so-ho-ngheo.pdf",
            by=None,
            at=now(),
            subject_id=draft.dossier_key,
        )
        draft.proofs.add(proof)
        spouse = a_citizen(name="Vàng Thị Hai")
        signer = invited(client, draft, spouse.applicant.personal_number)
        other = Client()
        enter(other, spouse)
        invitation = other.get(f"/dong-y/{signer.code}/").content.decode()
        assert "hộ nghèo" in invitation
        assert f"/dong-y/{signer.code}/tep/{proof.pk}/" in invitation
        assert agreed(spouse, signer).status_code == 302
        assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 302

        filing = Filing.objects.get()
        assert "Bạn cùng đứng tên" in other.get("/cong-dan/").content.decode()
        page = f"/cong-dan/ho-so/{filing.code}/"
        shown = other.get(page).content.decode()
        assert "bạn xem được mọi diễn biến" in shown
        assert "rut/" not in shown
        for step in ("rut/", "lien-he/", "chep/"):
            assert other.post(f"{page}{step}", {"phone": "0911111111"})["Location"].startswith("/tra-cuu/")
        came = list(filing.parts.filter(is_on_paper=True).values_list("pk", flat=True))
        dossier = accept(filing_id=filing.pk, by=form.clerk, at=now(), came_on_paper=came)
        page = f"/cong-dan/ho-so/{dossier.code}/"
        followed = other.get(f"/cong-dan/ho-so/{filing.code}/", follow=True)
        assert followed.redirect_chain == [(page, 302)]
        assert "Viết cho cơ quan" not in followed.content.decode()
        assert other.post(page, {"text": "Xin chào"})["Location"].startswith("/tra-cuu/")
        assert "Viết cho cơ quan" in client.get(page).content.decode()
        stranger = Client()
        enter(stranger, a_citizen())
        assert stranger.get(page)["Location"].startswith("/tra-cuu/")
        counter = Client()
        counter.force_login(form.clerk)
        session = counter.session
        session["second_factor"] = True
        session.save()
        told = counter.get(f"/quay/ho-so/{dossier.pk}/").content.decode()
        assert "Cùng đứng tên (1)" in told
        assert "bằng tài khoản của mình" in told
        assert spouse.applicant.masked_personal_number in told
        assert spouse.applicant.personal_number not in told

    def test_declines_with_a_reason(self, client: Client, draft: Draft) -> None:
        spouse = a_citizen()
        signer = invited(client, draft, spouse.applicant.personal_number)
        other = Client()
        enter(other, spouse)
        assert other.post(f"/dong-y/{signer.code}/", {"decline": "1"}).status_code == 422
        other.post(f"/dong-y/{signer.code}/", {"decline": "1", "reason": "Sai số thửa"})
        assert "Sai số thửa" in client.get(at(draft, "cung-ky")).content.decode()
        assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 422

    def test_is_nobody_else(self, client: Client, draft: Draft) -> None:
        signer = invited(client, draft, a_personal_number())
        stranger = Client()
        enter(stranger, a_citizen())
        for answer in (
            stranger.get(f"/dong-y/{signer.code}/"),
            stranger.post(f"/dong-y/{signer.code}/", {"truth": "1"}),
            stranger.post(f"/dong-y/{signer.code}/", {"decline": "1"}),
            stranger.get("/dong-y/AAAABBBBCC/"),
        ):
            assert answer.status_code == 422
            assert "Lò Văn Một" not in answer.content.decode()
        firm = Client()
        enter(firm, an_organisation())
        assert firm.get(f"/dong-y/{signer.code}/").status_code == 422

    def test_signs_on_paper_at_the_counter(self, client: Client, draft: Draft, form: World) -> None:
        number = a_personal_number()
        signer = invited(client, draft, number)
        with pytest.raises(InvalidInput) as refused:
            receive_draft(draft_id=draft.pk, by=form.clerk, at=now())
        assert "Còn chờ đồng ý" in refused.value.errors["signers"]
        counter = Client()
        counter.force_login(form.clerk)
        session = counter.session
        session["second_factor"] = True
        session.save()
        counter.post("/quay/ban-nhap/", {"code": draft.code})
        assert "Vàng Thị Hai" in counter.get(f"/quay/ban-nhap/{draft.pk}/").content.decode()
        counter.post(f"/quay/ban-nhap/{draft.pk}/dong-y/{signer.pk}/")
        signer.refresh_from_db()
        assert (signer.state, signer.witness, signer.applicant) == (CoSigner.State.AGREED, form.clerk, None)
        assert not cosigning.signer_faults(Draft.objects.get(), now())
        page, elsewhere = f"/quay/cung-dung-ten/{signer.pk}/", Client()
        elsewhere.force_login(form.clerk)
        assert elsewhere.get(page).status_code == 404  # the code was not typed there, and nothing is filed
        assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 302

        filing = Filing.objects.get()
        assert page in counter.get(f"/quay/truc-tuyen/{filing.pk}/").content.decode()
        other_number = counter.post(page, {"personal_number": a_personal_number()})
        assert "khác số người mời đã ghi" in other_number.content.decode()
        for _ in range(2):  # pressed twice
            assert counter.post(page, {"personal_number": number}).status_code == 302
        assert Line.objects.filter(name="SignerKnown").count() == 1
        self.sees(number, filing)

    def sees(self, number: str, filing: Filing) -> None:
        """Who signed on paper signs in later, and finds what they stand for."""
        me = Client()
        enter(me, a_citizen(name="Vàng Thị Hai", personal_number=number))
        assert filing.code in me.get("/cong-dan/").content.decode()
        assert "bạn xem được mọi diễn biến" in me.get(f"/cong-dan/ho-so/{filing.code}/").content.decode()

    def test_shows_their_number_when_they_sign_on_paper(
        self, client: Client, draft: Draft, form: World
    ) -> None:
        number = a_personal_number()
        signer = invited(client, draft, number)
        counter = Client()
        counter.force_login(form.clerk)
        session = counter.session
        session["second_factor"] = True
        session.save()
        counter.post("/quay/ban-nhap/", {"code": draft.code})
        here = f"/quay/ban-nhap/{draft.pk}/dong-y/{signer.pk}/"
        refused = counter.post(here, {f"number-{signer.pk}": "123"})
        assert refused.status_code == 422
        signer.refresh_from_db()
        assert signer.state == CoSigner.State.INVITED
        assert counter.post(here, {f"number-{signer.pk}": number}).status_code == 302
        assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 302
        self.sees(number, Filing.objects.get())


def test_who_must_agree_is_said_by_the_form() -> None:
    assert read(write(FORM)) == FORM
    assert read(write(replace(FORM, signers=None))).signers is None
    wrong = replace(FORM, signers=Signers(label=" ", least=3, most=2))
    assert len(problems_of(wrong)) == 2
    assert read_document({**write(FORM), "x-signers": "hai người"})[0] is None


def test_without_it_there_is_no_such_step(client: Client, online_world: World) -> None:
    draft = begin(client, online_world)
    assert "Cùng đứng tên" not in client.get(at(draft, "kiem-tra")).content.decode()
