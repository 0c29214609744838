from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.ids import new_id
from motcua.core.time import VIETNAM
from motcua.foundation.documents.models import Document
from motcua.foundation.identity.models import Applicant, User
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Dossier, Part, Scan
from motcua.service.dossiers.tests.world import BEGINNING, USUAL, World
from motcua.service.paperwork.models import PrintedForm
from motcua.service.procedures.models import Case, Channel, Offering, Paper, Procedure, Revision
from motcua.service.procedures.models.revision import known_revision
from motcua.service.workflows.operations.drafting import draft
from motcua.service.workflows.operations.publishing import publish
from motcua.web.counter.tests.acting import (
    queries_of,
    received,
    reception_url,
    scan,
    text_of,
    ticked,
    with_result,
)

pytestmark = pytest.mark.django_db


class TestPerson:
    def test_is_found_by_number_and_goes_on(self, clerk: Client, world: World) -> None:
        answer = clerk.get(reverse("counter:receive"), {"q": "033190001234"})

        assert answer.url == reverse("counter:offerings", args=[world.applicant.pk])

    def test_is_found_by_name_without_diacritics_with_the_number_masked(
        self, clerk: Client, world: World
    ) -> None:
        page = clerk.get(reverse("counter:receive"), {"q": "nguyen thi anh"})

        assert "Nguyễn Thị Ánh" in text_of(page)
        assert "033190001234" not in page.content.decode()

    def test_is_written_down_when_nobody_is_found(self, clerk: Client) -> None:
        page = clerk.get(reverse("counter:receive"), {"q": "Lê Quý Đôn"})
        assert 'value="Lê Quý Đôn"' in page.content.decode()

        answer = clerk.post(reverse("counter:receive"), {"name": "Lê Quý Đôn", "phone": "0905 111 222"})
        applicant = Applicant.objects.get(name="Lê Quý Đôn")
        assert answer.url == reverse("counter:offerings", args=[applicant.pk])
        assert applicant.phone == "0905111222"

    def test_is_read_from_the_identity_card(self, clerk: Client) -> None:
        card = "066195012345|241234567|Phạm Văn Ký|05031995|Nam|Thôn 3, Xã Ea Kar, Đắk Lắk|01012022"
        page = clerk.get(reverse("counter:receive"), {"q": card}).content.decode()

        assert 'value="066195012345"' in page
        assert 'value="Phạm Văn Ký"' in page
        assert 'value="05/03/1995"' in page

    def test_knows_the_commune_as_one_types_it(self, clerk: Client) -> None:
        typed = {"name": "Y Moan", "province_code": "66", "ward_code": "ea kar"}
        clerk.post(reverse("counter:receive"), typed)

        assert "Ea Kar" in Applicant.objects.get(name="Y Moan").address

    def test_says_which_communes_a_word_may_mean(self, clerk: Client) -> None:
        typed = {"name": "Y Moan", "province_code": "66", "ward_code": "ea"}
        page = clerk.post(reverse("counter:receive"), typed)

        assert page.status_code == 422
        assert "Hãy ghi đủ tên" in text_of(page)

    def test_asks_before_a_name_changes(self, clerk: Client, world: World) -> None:
        typed = {"name": "Nguyễn Thị Oanh", "personal_number": "033190001234"}
        page = clerk.post(reverse("counter:receive"), typed)
        assert page.status_code == 422
        assert "Đúng là người này, tên đã đổi" in text_of(page)

        clerk.post(reverse("counter:receive"), {**typed, "new_name": "1"})
        world.applicant.refresh_from_db()
        assert world.applicant.name == "Nguyễn Thị Oanh"

    def test_goes_straight_on_when_the_procedure_is_chosen(self, clerk: Client, world: World) -> None:
        answer = clerk.get(reverse("counter:receive"), {"q": "033190001234", "thu-tuc": world.offering.pk})

        assert answer.url == reverse("counter:reception", args=[world.applicant.pk, world.offering.pk])

    def test_can_be_corrected(self, clerk: Client, world: World) -> None:
        address = reverse("counter:person", args=[world.applicant.pk])
        assert 'value="0912345678"' in clerk.get(address).content.decode()
        clerk.post(address, {"kind": "PERSON", "name": "Nguyễn Thị Ánh", "phone": "0987654321"})
        world.applicant.refresh_from_db()

        assert world.applicant.phone == "0987654321"
        assert world.applicant.personal_number == "033190001234"

    def test_lists_the_communes_of_a_province(self, clerk: Client) -> None:
        page = clerk.get(
            reverse("counter:wards"), {"province_code": "66"}, headers={"HX-Request": "true"}
        ).content.decode()

        assert '<option value="Xã Ea Kar"></option>' in page


def another_offering(world: World, name: str, agency: Any = None) -> Offering:
    procedure = Procedure.objects.create(
        code=f"9.{Procedure.objects.count():06d}",
        name=name,
        name_folded=name.lower(),
        words=f" {name.lower()}",
    )
    revision = Revision.objects.create(
        procedure=procedure, number=1, valid_from=world.offering.valid_from, published_at=BEGINNING, name=name
    )
    procedure.current = revision
    procedure.save(update_fields=["current"])
    return Offering.objects.create(
        procedure=procedure, agency=world.department, receiving_agency=agency or world.centre,
        valid_from=world.offering.valid_from,
    )  # fmt: skip


class TestProcedure:
    def test_one_match_goes_on(self, clerk: Client, world: World) -> None:
        Procedure.objects.filter(pk=world.procedure.pk).update(words=" cap ban sao trich luc ho tich")
        answer = clerk.get(reverse("counter:offerings", args=[world.applicant.pk]), {"q": "trich luc"})

        assert answer.url == reverse("counter:reception", args=[world.applicant.pk, world.offering.pk])

    def test_several_are_listed_and_the_first_is_one_key_away(self, clerk: Client, world: World) -> None:
        another_offering(world, "giam ho cu")
        another_offering(world, "giam ho duong nhien")
        page = clerk.get(reverse("counter:offerings", args=[world.applicant.pk]), {"q": "giam"})

        assert "2 thủ tục" in text_of(page)
        assert page.content.decode().count("autofocus") == 1

    def test_never_shows_what_another_counter_receives(self, clerk: Client, world: World) -> None:
        another_offering(world, "bi mat", agency=world.other)
        page = clerk.get(reverse("counter:offerings", args=[world.applicant.pk]), {"q": "bi mat"})

        assert "Chưa thấy thủ tục nào" in text_of(page)

    def test_answers_while_one_types_with_the_list_alone(self, clerk: Client, world: World) -> None:
        address = reverse("counter:offerings", args=[world.applicant.pk])
        page = clerk.get(address, {"q": "khong co"}, headers={"HX-Request": "true"}).content.decode()

        assert page.lstrip().startswith('<div id="found"')
        assert "<html" not in page

    def test_offers_what_the_clerk_receives_most(self, clerk: Client, world: World) -> None:
        received(world)
        page = clerk.get(reverse("counter:offerings", args=[world.applicant.pk]))

        assert "Hay tiếp nhận" in text_of(page)
        assert world.procedure.name in text_of(page)

    def test_asks_for_the_case_first(self, clerk: Client, world: World) -> None:
        common = world.revision.groups.get()
        Case.objects.bulk_create(
            Case(revision=world.revision, position=place, name=name, kind=Case.Kind.ALTERNATIVE)
            for place, name in enumerate(["Nộp lần đầu", "Nộp lại"], start=2)
        )
        known_revision.cache_clear()
        page = clerk.get(reverse("counter:reception", args=[world.applicant.pk, world.offering.pk]))
        known_revision.cache_clear()

        assert "Nộp lần đầu" in text_of(page)
        assert "Tiếp nhận Ctrl+Enter" not in text_of(page)
        assert common.kind == Case.Kind.COMMON


class TestReception:
    def test_begins_with_a_key_of_its_own(self, clerk: Client, world: World) -> None:
        bare = reverse("counter:reception", args=[world.applicant.pk, world.offering.pk])
        first, second = clerk.get(bare).url, clerk.get(bare).url

        assert first.startswith(f"{bare}?ho-so=")
        assert first != second

    def test_shows_papers_appointment_and_its_reason_before_anything_is_done(
        self, clerk: Client, world: World
    ) -> None:
        page = text_of(clerk.get(reception_url(world)))

        assert "Giấy tờ (3)" in page
        assert "Hẹn trả kết quả" in page
        assert "Vì sao ngày này?" in page
        assert "5 ngày làm việc" in page
        assert not Dossier.objects.exists()

    def test_takes_the_dossier_in(self, clerk: Client, world: World) -> None:
        dossier_id = new_id()
        typed = ticked(
            world, fee_amount="8.000", fee_note="Biên lai 12", matter="Trích lục khai sinh cho con"
        )
        answer = clerk.post(reception_url(world, dossier_id), typed)
        dossier = Dossier.objects.get(pk=dossier_id)

        assert answer.url == reverse("counter:receipt", args=[dossier_id])
        assert (dossier.fee_amount, dossier.fee_note) == (8000, "Biên lai 12")
        assert dossier.matter == "Trích lục khai sinh cho con"
        assert dossier.received_by == world.clerk
        assert [part.status for part in dossier.parts.all()] == ["PROVIDED"] * 3

    def test_names_each_missing_paper_and_keeps_what_was_typed(self, clerk: Client, world: World) -> None:
        first = world.papers[0]
        typed = ticked(world, **{f"paper-{first.pk}": "MISSING", "fee_note": "ghi chú còn nguyên"})
        page = clerk.post(reception_url(world), typed)
        body = page.content.decode()

        assert page.status_code == 422
        assert f'href="#f-paper-{first.pk}"' in body
        assert f"Chưa có “{first.name}”" in text_of(page)
        assert 'value="ghi chú còn nguyên"' in body
        assert 'value="MISSING" checked' in body
        assert body.count('value="PROVIDED" checked') == 2
        assert not Dossier.objects.exists()

    def test_takes_no_paper_from_the_store_that_the_store_does_not_hold(
        self, clerk: Client, world: World
    ) -> None:
        first = world.papers[0]
        clerk.post(reception_url(world), ticked(world, **{f"paper-{first.pk}": "HELD"}))

        assert not Part.objects.filter(paper=first, status=Part.Status.HELD).exists()

    def test_all_papers_are_there_by_one_button_without_a_script(self, clerk: Client, world: World) -> None:
        page = clerk.post(reception_url(world), {"all": "1", "fee_note": "giữ"})

        assert page.status_code == 200
        assert page.content.decode().count('value="PROVIDED" checked') == 3
        assert 'value="giữ"' in page.content.decode()

    def test_sent_twice_is_taken_once(self, clerk: Client, world: World) -> None:
        address = reception_url(world)
        clerk.post(address, ticked(world))
        again = clerk.post(address, ticked(world), follow=True)

        assert Dossier.objects.count() == 1
        assert "đã được tiếp nhận" in text_of(again)
        assert again.redirect_chain[-1][0] == reverse("counter:dossier", args=[Dossier.objects.get().pk])

    def test_opened_again_after_it_was_sent_leads_to_the_dossier(self, clerk: Client, world: World) -> None:
        address = reception_url(world)
        clerk.post(address, ticked(world))

        assert clerk.get(address).url == reverse("counter:dossier", args=[Dossier.objects.get().pk])

    def test_says_when_the_promised_day_has_moved_meanwhile(self, clerk: Client, world: World) -> None:
        page = clerk.post(reception_url(world), ticked(world, promised="2026-01-05"))

        assert page.status_code == 422
        assert "Ngày hẹn trả vừa chuyển sang" in text_of(page)
        assert not Dossier.objects.exists()

    def test_a_date_without_a_limit_needs_its_reason(self, clerk: Client, world: World) -> None:
        offering = another_offering(world, "xac minh")
        Channel.objects.create(
            revision=offering.procedure.current, position=1, kind="COUNTER", limit_unit="NONE"
        )
        controller = User.objects.get(username="kiemsoat")
        workflow = draft(
            procedure_id=offering.procedure_id, agency_id=None, blueprint=USUAL, by=controller, at=BEGINNING
        )
        publish(workflow_id=workflow.pk, by=world.admin, at=BEGINNING, valid_from=offering.valid_from)
        address = reverse("counter:reception", args=[world.applicant.pk, offering.pk]) + f"?ho-so={new_id()}"
        assert "Không hẹn ngày" in text_of(clerk.get(address))
        typed = {"due_on": "31/12/2099", "due_time": "16:30"}
        refused = clerk.post(address, typed)
        clerk.post(address, {**typed, "due_reason": "Chờ kết quả xác minh"})

        assert "Hãy nhập cả ngày hẹn trả và lý do" in text_of(refused)
        assert Dossier.objects.get().due_at == datetime(2099, 12, 31, 16, 30, tzinfo=VIETNAM)

    def test_writes_down_who_hands_it_in_for_another(self, clerk: Client, world: World) -> None:
        typed = ticked(
            world, rep_name="Trần Văn Thay", rep_phone="0905000111", authorisation="Số 5, 01/02/2026"
        )
        clerk.post(reception_url(world), typed)
        dossier = Dossier.objects.get()

        assert dossier.representative.name == "Trần Văn Thay"
        assert dossier.authorisation == "Số 5, 01/02/2026"

    def test_a_wrong_representative_is_said_by_its_own_field(self, clerk: Client, world: World) -> None:
        page = clerk.post(reception_url(world), ticked(world, rep_name="Trần Văn Thay", rep_phone="12"))

        assert page.status_code == 422
        assert 'href="#f-rep_phone"' in page.content.decode()

    def test_is_not_for_those_who_do_not_receive(self, client: Client, world: World) -> None:
        client.force_login(world.officer)

        assert client.get(reception_url(world)).status_code == 403

    def test_knows_at_once_that_a_place_has_another_name_or_takes_nothing_in_any_more(
        self, clerk: Client, world: World
    ) -> None:
        address = reception_url(world)
        assert clerk.get(address).status_code == 200

        Agency.objects.filter(pk=world.offering.agency_id).update(name="Sở Thử Nghiệm")
        assert "Sở Thử Nghiệm" in text_of(clerk.get(address))
        Offering.objects.filter(pk=world.offering.pk).update(valid_to=world.offering.valid_from)
        assert clerk.get(address).status_code == 404

    def test_asks_a_constant_number_of_questions(self, clerk: Client, world: World) -> None:
        known_revision.cache_clear()
        clerk.get(reception_url(world))
        few = queries_of(clerk, reception_url(world))
        for place in range(4, 24):
            Paper.objects.create(
                revision=world.revision, case=world.papers[0].case, position=place, name=f"Giấy {place}", originals=1
            )  # fmt: skip
        known_revision.cache_clear()
        clerk.get(reception_url(world))
        many = queries_of(clerk, reception_url(world))
        known_revision.cache_clear()

        assert many == few


class TestScans:
    def test_are_kept_at_once_and_taken_by_the_dossier(self, clerk: Client, world: World) -> None:
        paper = world.papers[0]
        address = reverse("counter:upload", args=[world.applicant.pk, world.offering.pk, paper.pk])
        answer = clerk.post(
            address, {f"file-{paper.pk}": scan("Tờ khai.pdf")}, headers={"HX-Request": "true"}
        )
        document = Document.objects.get()
        assert "Tờ khai.pdf" in text_of(answer)
        assert f'name="doc-{paper.pk}" value="{document.pk}"' in answer.content.decode()
        assert (document.title, document.holder_id) == (paper.name, world.applicant.pk)

        clerk.post(reception_url(world), ticked(world, **{f"doc-{paper.pk}": str(document.pk)}))
        document.refresh_from_db()
        assert Scan.objects.get().part.paper == paper
        assert document.subject_id == Dossier.objects.get().pk

    def test_a_refused_file_is_said_beside_the_paper_and_the_others_stay(
        self, clerk: Client, world: World
    ) -> None:
        paper = world.papers[0]
        address = reverse("counter:upload", args=[world.applicant.pk, world.offering.pk, paper.pk])
        files = [scan("tốt.pdf"), scan("rỗng.pdf", b"")]
        page = clerk.post(address, {f"file-{paper.pk}": files}, headers={"HX-Request": "true"})

        assert page.status_code == 422
        assert "“rỗng.pdf” rỗng (0 byte)" in text_of(page)
        assert "tốt.pdf 13 byte" in text_of(page)

    def test_come_with_the_form_where_there_is_no_script(self, clerk: Client, world: World) -> None:
        paper = world.papers[0]
        typed = ticked(world, **{f"paper-{paper.pk}": "", f"file-{paper.pk}": scan()})
        clerk.post(reception_url(world), typed)

        assert Part.objects.get(paper=paper).status == Part.Status.PROVIDED
        assert Scan.objects.get().document.name == "to-khai.pdf"

    def test_survive_a_refusal_of_the_form(self, clerk: Client, world: World) -> None:
        paper = world.papers[0]
        typed = ticked(world, fee_amount="ba đồng", **{f"file-{paper.pk}": scan()})
        page = clerk.post(reception_url(world), typed)
        document = Document.objects.get()

        assert page.status_code == 422
        assert f'name="doc-{paper.pk}" value="{document.pk}"' in page.content.decode()

    def test_are_found_again_when_the_page_is_read_again(self, clerk: Client, world: World) -> None:
        address, paper = reception_url(world), world.papers[1]
        clerk.post(address, ticked(world, fee_amount="ba đồng", **{f"file-{paper.pk}": scan("b.pdf")}))

        assert f'name="doc-{paper.pk}"' in clerk.get(address).content.decode()
        assert f'name="doc-{paper.pk}"' not in clerk.get(reception_url(world)).content.decode()

    def test_can_be_dropped_with_and_without_a_script(self, clerk: Client, world: World) -> None:
        paper = world.papers[0]
        clerk.post(reception_url(world), ticked(world, fee_amount="x", **{f"file-{paper.pk}": scan()}))
        document = Document.objects.get()
        page = clerk.post(
            reception_url(world),
            ticked(world, drop=str(document.pk), **{f"doc-{paper.pk}": str(document.pk)}),
        )
        assert page.status_code == 200
        assert not Document.objects.exists()
        assert not Dossier.objects.exists()

        clerk.post(reception_url(world), ticked(world, fee_amount="x", **{f"file-{paper.pk}": scan()}))
        drop = reverse("counter:upload-drop", args=[Document.objects.get().pk])
        assert clerk.post(drop, headers={"HX-Request": "true"}).content == b""
        assert not Document.objects.exists()

    def test_one_that_is_gone_is_said_and_nothing_else_is_lost(self, clerk: Client, world: World) -> None:
        paper = world.papers[0]
        page = clerk.post(
            reception_url(world), ticked(world, fee_note="còn", **{f"doc-{paper.pk}": str(uuid4())})
        )

        assert page.status_code == 422
        assert "Có bản quét không còn dùng được" in text_of(page)
        assert 'value="còn"' in page.content.decode()

    def test_are_seen_only_by_who_uploaded_or_may_see_the_dossier(
        self, clerk: Client, client: Client, world: World
    ) -> None:
        paper = world.papers[0]
        clerk.post(reception_url(world), ticked(world, **{f"file-{paper.pk}": scan()}))
        address = reverse("counter:file", args=[Document.objects.get().pk])
        shown = clerk.get(address)
        assert shown.status_code == 200
        assert shown["Content-Type"] == "application/pdf"
        assert b"".join(shown.streaming_content) == b"%PDF-1.4 scan"

        client.force_login(world.stranger)
        assert client.get(address).status_code == 403


class TestReceipt:
    def test_prints_itself_once(self, clerk: Client, world: World) -> None:
        dossier = received(world)
        address, paper = (
            reverse("counter:receipt", args=[dossier.pk]),
            reverse("counter:paper", args=[dossier.pk, "giay-hen"]),
        )
        assert f'data-print-now="{paper}"' in clerk.get(address).content.decode()

        printed = clerk.get(paper)
        assert printed["Content-Type"] == "application/pdf"
        assert printed.content.startswith(b"%PDF-")
        assert PrintedForm.objects.count() == 1
        assert "data-print-now" not in clerk.get(address).content.decode()

    def test_leads_to_the_next_person(self, clerk: Client, world: World) -> None:
        page = clerk.get(reverse("counter:receipt", args=[received(world).pk])).content.decode()

        assert reverse("counter:receive") + f"?thu-tuc={world.offering.pk}" in page
        assert reverse("counter:offerings", args=[world.applicant.pk]) in page

    def test_is_hidden_from_strangers(self, client: Client, world: World) -> None:
        dossier = received(world)
        stranger = find_or_create_applicant(ApplicantInput(name="Ai Đó"), by=None, at=BEGINNING)
        client.force_login(world.stranger)

        assert client.get(reverse("counter:receipt", args=[dossier.pk])).status_code in {403, 422}
        assert stranger.name not in dossier.applicant_name


class TestAppointment:
    def test_of_a_finished_dossier_is_explained_by_its_own_law(self, clerk: Client, world: World) -> None:
        dossier = with_result(world)
        page = text_of(clerk.get(reverse("counter:dossier", args=[dossier.pk])))

        assert "Vì sao ngày này?" in page
        assert dossier.due_at - dossier.received_at > timedelta(days=4)
