from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.core.ids import new_id
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import store
from motcua.foundation.identity.models import User
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.models import Consultation, Dossier, Note, Priority
from motcua.service.dossiers.operations.consulting import consult
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.world import MONDAY, World
from motcua.web.counter.tests.acting import queries_of
from motcua.web.desk.paging import read_mark
from motcua.web.desk.tests.conftest import TUESDAY, in_work, proposed, signed, to_sign, transferred

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def said(answer) -> str:
    return answer.content.decode()


def link(name: str, dossier: Dossier) -> str:
    return reverse(f"desk:{name}", args=[dossier.pk])


def act(client: Client, name: str, dossier: Dossier, **fields: object):
    """Press the act as the page of this moment would."""
    return client.post(link(name, dossier), {"step": dossier.step_key, **fields}, follow=True)


class TestIndex:
    def test_shows_what_one_holds_in_lawful_order(self, world: World, enter) -> None:
        first, second = in_work(world), in_work(world)
        Dossier.objects.filter(pk=second.pk).update(due_at=MONDAY, applicant_name="Phạm Văn Trễ")
        page = said(enter(world.officer).get(reverse("desk:index")))
        assert page.index("Phạm Văn Trễ") < page.index(first.applicant_name)
        assert "Bạn đang giữ 2 hồ sơ: 1 quá hạn." in page
        assert "Quá hạn" in page

    def test_opens_on_what_waits_when_the_hands_are_empty(self, world: World, enter) -> None:
        dossier = transferred(world)
        page = said(enter(world.head).get(reverse("desk:index")))
        assert "Đang chờ nhận 1 hồ sơ" in page
        assert link("dossier", dossier) in page

    def test_shows_what_waits_only_to_the_role_of_the_step(self, world: World, enter) -> None:
        dossier = transferred(world)
        for person in (world.officer, world.records, world.stranger):
            page = said(enter(person).get(reverse("desk:index"), {"muc": "cho-nhan"}))
            assert link("dossier", dossier) not in page

    def test_shows_the_unit_to_the_unit_only(self, world: World, enter) -> None:
        dossier = in_work(world)
        assert link("dossier", dossier) in said(
            enter(world.leader).get(reverse("desk:index"), {"muc": "don-vi"})
        )
        assert link("dossier", dossier) not in said(
            enter(world.stranger).get(reverse("desk:index"), {"muc": "don-vi"})
        )

    def test_teaches_when_it_is_empty(self, world: World, enter) -> None:
        page = said(enter(world.officer).get(reverse("desk:index")))
        assert "Bạn không giữ hồ sơ nào" in page

    @pytest.mark.parametrize(
        ("text", "is_found"), [("nguyen thi", True), ("TRÍCH LỤC", True), ("-0001", True), ("xyz", False)]
    )
    def test_filters_by_what_is_typed(self, world: World, enter, text: str, is_found: bool) -> None:
        dossier = in_work(world)
        page = said(enter(world.officer).get(reverse("desk:index"), {"q": text}))
        assert (link("dossier", dossier) in page) is is_found

    def test_filters_by_due(self, world: World, enter) -> None:
        late, fine = in_work(world), in_work(world)
        Dossier.objects.filter(pk=late.pk).update(due_at=MONDAY)
        page = said(enter(world.officer).get(reverse("desk:index"), {"han": "qua-han"}))
        assert link("dossier", late) in page
        assert link("dossier", fine) not in page

    def test_opens_a_dossier_beside_the_list_without_a_script(self, world: World, enter) -> None:
        dossier = in_work(world)
        page = said(enter(world.officer).get(reverse("desk:index"), {"mo": str(dossier.pk)}))
        assert 'aria-current="true"' in page
        assert "Trình kết quả thẩm định" in page

    @pytest.mark.parametrize("key", ["", "x", "01970000-0000-7000-8000-000000000001"])
    def test_ignores_a_dossier_that_is_not_there(self, world: World, enter, key: str) -> None:
        assert enter(world.officer).get(reverse("desk:index"), {"mo": key}).status_code == 200

    def test_walks_on_by_keyset(self, world: World, enter, monkeypatch) -> None:
        monkeypatch.setattr("motcua.web.desk.inbox.SIZE", 2)
        dossiers = [in_work(world) for _ in range(3)]
        client = enter(world.officer)
        first = client.get(reverse("desk:index"))
        mark = first.context["next"] if first.context else said(first).split("sau=")[1].split('"')[0]
        second = said(client.get(f"{reverse('desk:index')}?sau={mark}"))
        assert link("dossier", dossiers[2]) in second
        assert link("dossier", dossiers[0]) not in second

    @pytest.mark.parametrize(
        "mark", ["", "~", "x~y", "2026-01-01~x", "2026-01-01T00:00~01970000-0000-7000-8000-000000000001"]
    )
    def test_an_unreadable_mark_is_the_first_page(self, mark: str) -> None:
        assert read_mark(mark) == (None, None)

    def test_asks_as_many_questions_for_one_as_for_many(self, world: World, enter) -> None:
        client = enter(world.officer)
        in_work(world)
        few = self.questions(client)
        for _ in range(6):
            in_work(world)
        assert self.questions(client) == few
        assert few <= 12

    def questions(self, client: Client) -> int:
        """What the inbox asks, but for the calendars, which a process keeps for some seconds."""
        client.get(reverse("desk:index"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("desk:index"))
        return sum("calendars_" not in query["sql"] for query in captured.captured_queries)

    def test_is_closed_to_clerks_and_to_the_unknown(self, world: World, enter) -> None:
        assert enter(world.clerk).get(reverse("desk:index")).status_code == 403
        assert Client().get(reverse("desk:index")).status_code == 302

    def test_asks_who_signs_for_the_second_factor(self, world: World) -> None:
        client = Client()
        client.force_login(world.leader)
        assert client.get(reverse("desk:index")).url.startswith(reverse("accounts:second-factor"))


class TestSheet:
    def test_tells_all_of_a_dossier(self, world: World, enter) -> None:
        dossier = to_sign(world)
        page = said(enter(world.leader).get(link("dossier", dossier)))
        for words in (dossier.code, "Nguyễn Thị Ánh", "Vì sao ngày này?", "Tờ khai", "Đề xuất: Giải quyết", "Đủ điều kiện",
                      "Trình kết quả thẩm định", "Sơ đồ quy trình", "Trả lại"):  # fmt: skip
            assert words in page
        assert "033190001234" not in page

    def test_is_a_part_for_the_list(self, world: World, enter) -> None:
        dossier = in_work(world)
        part = said(enter(world.officer).get(link("dossier", dossier), headers={"HX-Request": "true"}))
        assert "<html" not in part
        assert dossier.code in part

    def test_is_hidden_from_strangers_like_a_missing_one(self, world: World, enter) -> None:
        client = enter(world.stranger)
        hidden = client.get(link("dossier", in_work(world)))
        missing = client.get(reverse("desk:dossier", args=[new_id()]))
        assert hidden.status_code == missing.status_code == 422
        assert "không thuộc phạm vi bạn được xem" in said(hidden)

    def test_offers_only_what_is_lawful(self, world: World, enter) -> None:
        dossier = in_work(world)
        colleague = said(enter(world.colleague).get(link("dossier", dossier)))
        assert "do Hoàng Minh Em giữ" in colleague
        assert 'form="act"' not in colleague
        head = said(enter(world.head).get(link("dossier", dossier)))
        assert link("holder", dossier) in head
        records = said(enter(world.records).get(link("dossier", dossier)))
        assert link("issue", dossier) not in records

    def test_asks_few_questions(self, world: World, enter) -> None:
        dossier = to_sign(world)
        assert queries_of(enter(world.leader), link("dossier", dossier)) <= 23


class TestTheWay:
    def test_goes_from_distribution_to_the_issued_result(self, world: World, enter) -> None:
        dossier = transferred(world)
        page = act(
            enter(world.head), "assignment", dossier, holder=str(world.officer.pk), note="Xem kỹ tờ khai"
        )
        assert "Đã phân công Hoàng Minh Em" in said(page)

        dossier.refresh_from_db()
        page = act(enter(world.officer), "proposal", dossier, outcome="APPROVE", reason="Đủ điều kiện")
        assert "bước tiếp theo: Xem xét, trình ký" in said(page)

        dossier.refresh_from_db()
        assert "Đã trình ký" in said(act(enter(world.head), "review", dossier))
        dossier.refresh_from_db()
        assert "Đã ký hồ sơ" in said(act(enter(world.leader), "signature", dossier))

        dossier.refresh_from_db()
        upload = SimpleUploadedFile("kết quả.pdf", PDF, "application/pdf")
        page = act(
            enter(world.records), "issue", dossier, number="12/TL-HT", issued_on="03/03/2026", file=upload
        )
        assert "Đã phát hành kết quả số 12/TL-HT" in said(page)
        dossier.refresh_from_db()
        assert dossier.state == State.RESULT_READY
        assert dossier.result.document.subject_id == dossier.pk

    def test_what_is_sent_back_comes_back_with_its_reason(self, world: World, enter) -> None:
        dossier = to_sign(world)
        page = act(enter(world.leader), "return-to-work", dossier, reason="Bổ sung căn cứ")
        assert "Đã trả lại" in said(page)
        assert "cho Hoàng Minh Em" in said(page)
        dossier.refresh_from_db()
        assert dossier.holder == world.officer

        officer = enter(world.officer)
        assert "Bổ sung căn cứ" in said(officer.get(link("dossier", dossier)))
        act(officer, "proposal", dossier, outcome="APPROVE", reason="Đã bổ sung")
        dossier.refresh_from_db()
        assert dossier.state == State.DECIDED

    def test_goes_on_to_the_next_of_the_list(self, world: World, enter) -> None:
        first, second = to_sign(world), to_sign(world)
        answer = enter(world.leader).post(link("signature", first), {"step": "sign", "tu": "cho-nhan"})
        assert answer.url == f"{reverse('desk:index')}?muc=cho-nhan&mo={second.pk}"

    def test_a_claimed_dossier_is_mine(self, world: World, enter) -> None:
        dossier = proposed(world)
        page = act(enter(world.head), "claim", dossier)
        assert "Bạn đã nhận hồ sơ" in said(page)
        dossier.refresh_from_db()
        assert dossier.holder == world.head

    def test_moves_to_another_with_a_reason(self, world: World, enter) -> None:
        dossier = in_work(world)
        client = enter(world.head)
        refused = act(client, "holder", dossier, holder=str(world.colleague.pk), reason="")
        assert refused.status_code == 422
        assert "Hãy ghi lý do chuyển" in said(refused)
        assert f'value="{world.colleague.pk}" selected' in said(refused)
        act(client, "holder", dossier, holder=str(world.colleague.pk), reason="Nghỉ phép")
        dossier.refresh_from_db()
        assert dossier.holder == world.colleague

    def test_priority_and_notes(self, world: World, enter) -> None:
        dossier = in_work(world)
        client = enter(world.officer)
        act(client, "priority", dossier, priority="URGENT", reason="Người già yếu")
        dossier.refresh_from_db()
        assert dossier.priority == Priority.URGENT
        page = client.post(link("notes", dossier), {"text": "Đã gọi điện"}, follow=True)
        assert "Đã gọi điện" in said(page)
        assert client.post(link("notes", dossier), {"text": " "}).status_code == 422
        assert Note.objects.count() == 1


class TestRefusals:
    def test_a_double_click_signs_once(self, world: World, enter) -> None:
        dossier = to_sign(world)
        client = enter(world.leader)
        act(client, "signature", dossier)
        again = act(client, "signature", dossier)
        assert again.status_code == 409
        assert "đã sang bước" in said(again)
        assert Line.objects.filter(subject_id=dossier.pk, name="DecisionSigned").count() == 1

    def test_a_stale_page_does_nothing(self, world: World, enter) -> None:
        dossier = in_work(world)
        answer = enter(world.officer).post(
            link("proposal", dossier), {"step": "review", "outcome": "APPROVE", "reason": ""}
        )
        assert answer.status_code == 409
        assert Dossier.objects.get(pk=dossier.pk).state == State.IN_WORK

    def test_a_refusal_without_reason_keeps_what_was_chosen(self, world: World, enter) -> None:
        answer = act(enter(world.officer), "proposal", in_work(world), outcome="REFUSE", reason="")
        assert answer.status_code == 422
        assert "Hãy ghi lý do từ chối giải quyết" in said(answer)
        assert 'value="REFUSE" checked' in said(answer)

    @pytest.mark.parametrize(
        ("name", "person"),
        [("signature", "officer"), ("review", "officer"), ("issue", "head"), ("assignment", "officer")],
    )
    def test_what_a_role_may_not_do_is_forbidden(self, world: World, enter, name: str, person: str) -> None:
        dossier = to_sign(world)
        assert (
            act(enter(getattr(world, person)), name, dossier, number="1", issued_on="03/03/2026").status_code
            == 403
        )

    def test_an_act_of_another_step_says_where_the_dossier_is(self, world: World, enter) -> None:
        dossier = in_work(world)
        answer = act(enter(world.leader), "signature", dossier)
        assert answer.status_code == 422
        assert "đang ở bước “Thẩm định hồ sơ”" in said(answer)

    def test_an_upload_is_kept_when_the_number_is_missing(self, world: World, enter) -> None:
        dossier = signed(world)
        client = enter(world.records)
        upload = SimpleUploadedFile("kết quả.pdf", PDF, "application/pdf")
        refused = act(client, "issue", dossier, number="", issued_on="31/02/2026", file=upload)
        assert refused.status_code == 422
        assert "Hãy nhập số, ký hiệu" in said(refused)
        assert "31/02/2026” chưa phải là một ngày" in said(refused)
        document = Document.objects.get()
        assert str(document.pk) in said(refused)
        act(client, "issue", dossier, number="12", issued_on="03/03/2026", document=str(document.pk))
        dossier.refresh_from_db()
        assert dossier.result.document == document

    @pytest.mark.parametrize(
        ("name", "content", "sentence"), [("a.pdf", b"", "rỗng"), ("a.pdf", b"MZ\x90\x00" + b"\0" * 200, "")]
    )
    def test_a_bad_file_is_refused_at_its_field(
        self, world: World, enter, name: str, content: bytes, sentence: str
    ) -> None:
        dossier = signed(world)
        answer = act(
            enter(world.records),
            "issue",
            dossier,
            number="12",
            issued_on="03/03/2026",
            file=SimpleUploadedFile(name, content),
        )
        assert answer.status_code == 422
        assert 'id="f-file-error"' in said(answer)
        assert sentence in said(answer)
        assert 'value="12"' in said(answer)

    def test_a_person_that_is_not_there_is_refused(self, world: World, enter) -> None:
        for key in ("", "x", str(new_id())):
            answer = act(enter(world.head), "assignment", transferred(world), holder=key)
            assert answer.status_code == 422
            assert 'id="f-holder-error"' in said(answer)


class TestOpinions:
    def ask(self, world: World) -> Consultation:
        dossier = in_work(world)
        return consult(
            dossier_id=dossier.pk, agency=world.other, question="Có vướng quy hoạch?", due_at=TUESDAY + timedelta(days=1),
            by=world.officer, at=MONDAY + timedelta(hours=3),
        )  # fmt: skip

    def test_is_asked_and_answered(self, world: World, enter) -> None:
        dossier = in_work(world)
        page = act(
            enter(world.officer), "consultations", dossier, agency=str(world.other.pk), question="Có vướng quy hoạch?",
            due_at="05/03/2026", due_time="16:00",
        )  # fmt: skip
        assert "Đã gửi câu hỏi đến Sở Xây dựng" in said(page)
        assert "Ghi nhận ý kiến" in said(page)

        other = enter(world.stranger)
        assert "Có vướng quy hoạch?" in said(other.get(reverse("desk:questions")))
        question = Consultation.objects.get()
        page = other.post(reverse("desk:answer", args=[question.pk]), {"answer": "Không vướng."}, follow=True)
        assert "Đã trả lời." in said(page)
        dossier.refresh_from_db()
        assert dossier.state == State.IN_WORK

    def test_wrong_fields_are_named(self, world: World, enter) -> None:
        answer = act(
            enter(world.officer),
            "consultations",
            in_work(world),
            agency="",
            question="",
            due_at="01/03/2026",
            due_time="9",
        )
        assert answer.status_code == 422
        assert 'id="f-agency-error"' in said(answer)
        assert 'id="f-question-error"' in said(answer)

    def test_is_not_for_agencies_that_were_not_asked(self, world: World, enter) -> None:
        question = self.ask(world)
        Consultation.objects.filter(pk=question.pk).update(agency=world.centre)
        assert enter(world.stranger).get(reverse("desk:answer", args=[question.pk])).status_code == 422

    def test_answers_once(self, world: World, enter) -> None:
        question = self.ask(world)
        client = enter(world.stranger)
        address = reverse("desk:answer", args=[question.pk])
        assert client.post(address, {"answer": " "}).status_code == 422
        client.post(address, {"answer": "Không vướng."})
        again = client.post(address, {"answer": "Có vướng."}, follow=True)
        assert again.status_code == 422
        question.refresh_from_db()
        assert question.answer == "Không vướng."


class TestBulk:
    def send(self, client: Client, key: str, dossiers: list[Dossier], **fields: str):
        chosen = [f"{dossier.pk}~{dossier.step_key}" for dossier in dossiers]
        return client.post(reverse("desk:bulk"), {"act": key, "id": chosen, **fields}, follow=True)

    def test_signs_each_by_the_same_rule_and_says_what_came_of_it(self, world: World, enter) -> None:
        ready = [to_sign(world), to_sign(world)]
        early = in_work(world)
        page = self.send(enter(world.leader), "signature", [*ready, early])
        assert "xong 2 trong 3 hồ sơ" in said(page)
        assert "đang ở bước “Thẩm định hồ sơ”" in said(page)
        assert Dossier.objects.filter(state=State.SIGNED).count() == 2

    def test_is_safe_to_do_again(self, world: World, enter) -> None:
        dossiers = [to_sign(world), to_sign(world)]
        client = enter(world.leader)
        self.send(client, "signature", dossiers)
        page = self.send(client, "signature", dossiers)
        assert "xong 0 trong 2 hồ sơ" in said(page)
        assert Line.objects.filter(name="DecisionSigned").count() == 2

    def test_asks_whom_to_assign(self, world: World, enter) -> None:
        dossiers = [transferred(world), transferred(world)]
        client = enter(world.head)
        asked = self.send(client, "assignment", dossiers)
        assert "Hoàng Minh Em – chưa giữ hồ sơ nào" in said(asked)
        refused = self.send(client, "assignment", dossiers, ready="1", holder="")
        assert refused.status_code == 422
        assert "Hãy chọn người nhận việc." in said(refused)
        page = self.send(client, "assignment", dossiers, ready="1", holder=str(world.officer.pk))
        assert "xong 2 trong 2 hồ sơ" in said(page)

    def test_claims_and_reviews(self, world: World, enter) -> None:
        dossiers = [proposed(world), proposed(world)]
        client = enter(world.head)
        assert "xong 2 trong 2" in said(self.send(client, "claim", dossiers))
        assert "xong 2 trong 2" in said(self.send(client, "review", dossiers))

    def test_issues_with_a_number_each(self, world: World, enter) -> None:
        one, other = signed(world), signed(world)
        client = enter(world.records)
        assert f"number-{one.pk}" in said(self.send(client, "issue", [one, other]))
        numbers = {f"number-{one.pk}": "1/TL", f"number-{other.pk}": ""}
        page = self.send(client, "issue", [one, other], ready="1", issued_on="03/03/2026", **numbers)
        assert "xong 1 trong 2" in said(page)
        assert "Hãy nhập số, ký hiệu" in said(page)

    def test_hides_what_one_may_not_see(self, world: World, enter) -> None:
        page = self.send(enter(world.stranger), "claim", [proposed(world)])
        assert "xong 0 trong 1" in said(page)
        assert "Nguyễn Thị Ánh" not in said(page)

    def test_refuses_nothing_too_much_and_the_unknown(self, world: World, enter) -> None:
        client = enter(world.leader)
        assert "Hãy chọn ít nhất một hồ sơ" in said(self.send(client, "signature", []))
        many = [f"{new_id()}~sign" for _ in range(501)]
        page = client.post(reverse("desk:bulk"), {"act": "signature", "id": many}, follow=True)
        assert "tối đa 500" in said(page)
        assert "Chọn một trong các mục đã cho" in said(self.send(client, "issue", [to_sign(world)]))


class TestSearch:
    @pytest.mark.parametrize("text", ["nguyen thi anh", "0912345678", "033190001234"])
    def test_finds_what_one_may_see(self, world: World, enter, text: str) -> None:
        dossier = in_work(world)
        assert dossier.code in said(enter(world.officer).get(reverse("desk:search"), {"q": text}))
        assert dossier.code not in said(enter(world.stranger).get(reverse("desk:search"), {"q": text}))

    def test_goes_straight_to_a_whole_code(self, world: World, enter) -> None:
        dossier = in_work(world)
        answer = enter(world.officer).get(reverse("desk:search"), {"q": dossier.code.lower()})
        assert answer.url == link("dossier", dossier)

    @pytest.mark.parametrize("text", ["", "zzz", "%", "x" * 2000])
    def test_answers_anything(self, world: World, enter, text: str) -> None:
        assert enter(world.officer).get(reverse("desk:search"), {"q": text}).status_code == 200


class TestFiles:
    def test_are_for_those_who_see_the_dossier_or_are_asked(self, world: World, enter) -> None:
        dossier = in_work(world)
        document = store(
            SimpleUploadedFile("tờ khai.pdf", PDF),
            name="tờ khai.pdf",
            by=world.clerk,
            at=MONDAY,
            subject_id=dossier.pk,
        )
        address = reverse("desk:file", args=[document.pk])
        assert enter(world.officer).get(address).status_code == 200
        assert enter(world.stranger).get(address).status_code == 404
        consult(
            dossier_id=dossier.pk, agency=world.other, question="Có vướng?", due_at=TUESDAY + timedelta(days=1),
            by=world.officer, at=MONDAY + timedelta(hours=3),
        )  # fmt: skip
        assert enter(world.stranger).get(address).status_code == 200

    def test_a_page_that_cannot_be_drawn_is_missing(self, world: World, enter) -> None:
        dossier = in_work(world)
        document = store(
            SimpleUploadedFile("tờ khai.pdf", PDF),
            name="tờ khai.pdf",
            by=world.clerk,
            at=MONDAY,
            subject_id=dossier.pk,
        )
        assert enter(world.officer).get(reverse("desk:picture", args=[document.pk, 9])).status_code == 404


class TestReaders:
    def test_read_and_find_but_do_nothing(self, world: World, enter) -> None:
        dossier = in_work(world)
        reader = enter(User.objects.get(username="kiemsoat"))
        page = said(reader.get(link("dossier", dossier)))
        assert dossier.code in page
        assert 'form="act"' not in page
        assert reverse("desk:questions") not in page
        assert dossier.code in said(reader.get(reverse("desk:search"), {"q": "nguyen"}))
        assert reader.get(reverse("desk:index")).status_code == 403
        assert act(reader, "proposal", dossier, outcome="APPROVE").status_code == 403
        assert act(reader, "priority", dossier, priority="HIGH", reason="Xem").status_code == 403


class TestTypedAddress:
    """An act that is not lawful now, opened by its address, answers as the press of its button would."""

    @pytest.mark.parametrize("act", ["ky", "phat-hanh", "mo-lai", "tinh-tiep"])
    def test_answers_with_the_rule_and_the_way_back(self, world: World, enter, act: str) -> None:
        dossier = in_work(world)
        person = world.records if act == "phat-hanh" else world.leader
        answer = enter(person).get(f"/ban-lam-viec/ho-so/{dossier.pk}/{act}/")
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Căn cứ: ND118-2025" in page
        assert f'href="/ban-lam-viec/ho-so/{dossier.pk}/"' in page

    def test_says_who_has_the_step(self, world: World, enter) -> None:
        dossier = in_work(world)
        answer = enter(world.colleague).get(f"/ban-lam-viec/ho-so/{dossier.pk}/trinh/")
        assert answer.status_code == 422
        assert f"do {world.officer.full_name} giữ" in answer.content.decode()
