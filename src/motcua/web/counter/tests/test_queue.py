from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.previewing import preview_first_pages
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.ledger.outbox import deliver_due
from motcua.service.dossiers.models import Dossier, Result
from motcua.service.dossiers.operations.transferring import transfer
from motcua.service.dossiers.states import State
from motcua.service.dossiers.tests.world import BEGINNING, World
from motcua.service.workflows.models import Task
from motcua.web.counter.paging import slice_of
from motcua.web.counter.tests.acting import (
    a_picture,
    queries_of,
    received,
    reception_url,
    scan,
    text_of,
    ticked,
    with_result,
)

pytestmark = pytest.mark.django_db
LISTS = ["counter:index", "counter:handover", "counter:results", "counter:register"]


class TestHome:
    def test_says_the_queue_in_sentences(self, clerk: Client, world: World) -> None:
        received(world)
        received(world, at=now() - timedelta(days=20))
        with_result(world)
        page = text_of(clerk.get(reverse("counter:index")))

        assert "2 hồ sơ chờ bàn giao, 1 đã quá giờ" in page
        assert "1 kết quả chờ người đến nhận" in page

    def test_teaches_when_there_is_nothing(self, clerk: Client) -> None:
        page = text_of(clerk.get(reverse("counter:index")))

        assert "Chưa có hồ sơ nào hôm nay" in page
        assert "Tiếp nhận hồ sơ đầu tiên" in page

    @pytest.mark.parametrize("route", [*LISTS, "counter:search", "counter:receive"])
    def test_is_for_the_counter_alone(self, client: Client, world: World, route: str) -> None:
        assert client.get(reverse(route)).status_code == 302
        client.force_login(world.officer)
        assert client.get(reverse(route)).status_code == 403

    @pytest.mark.parametrize("route", LISTS)
    def test_every_list_asks_a_constant_number_of_questions(
        self, clerk: Client, world: World, route: str
    ) -> None:
        received(world)
        with_result(world)
        clerk.get(reverse(route))
        few = queries_of(clerk, reverse(route))
        for _ in range(5):
            received(world)
            with_result(world)

        assert queries_of(clerk, reverse(route)) <= few


class TestSearch:
    def search(self, clerk: Client, text: str) -> object:
        return clerk.get(reverse("counter:search"), {"q": text})

    def test_a_code_goes_straight_to_its_dossier(self, clerk: Client, world: World) -> None:
        dossier = received(world)

        assert self.search(clerk, dossier.code.lower()).url == reverse("counter:dossier", args=[dossier.pk])

    def test_a_scanned_receipt_goes_straight_to_its_dossier(self, clerk: Client, world: World) -> None:
        dossier = received(world)
        found = self.search(clerk, f"https://motcua.example/tra-cuu/?ma={dossier.code}")

        assert found.url == reverse("counter:dossier", args=[dossier.pk])

    @pytest.mark.parametrize("text", ["nguyen thi anh", "ánh", "033190001234", "0912 345 678"])
    def test_finds_by_name_number_and_phone(self, clerk: Client, world: World, text: str) -> None:
        dossier = received(world)
        page = text_of(self.search(clerk, text))

        assert dossier.code in page
        assert "Bàn giao" in page

    def test_says_what_to_do_when_nothing_is_found(self, clerk: Client) -> None:
        page = text_of(self.search(clerk, "Không Có Ai"))

        assert "Chưa thấy hồ sơ nào khớp với “Không Có Ai”" in page
        assert "Tiếp nhận hồ sơ mới" in page

    def test_offers_a_known_person_who_has_no_dossier(self, clerk: Client) -> None:
        applicant = find_or_create_applicant(ApplicantInput(name="Lò Thị Mai"), by=None, at=BEGINNING)
        page = self.search(clerk, "lo thi mai").content.decode()

        assert reverse("counter:offerings", args=[applicant.pk]) in page

    def test_never_finds_what_one_may_not_see(self, clerk: Client, world: World) -> None:
        dossier = received(world)
        Dossier.objects.filter(pk=dossier.pk).update(
            reception_agency=world.other, agency=world.other, holder=world.stranger
        )
        Task.objects.filter(dossier_id=dossier.pk).update(agency=world.other, holder=world.stranger)

        assert dossier.code not in text_of(self.search(clerk, "nguyen thi anh"))
        assert clerk.get(reverse("counter:dossier", args=[dossier.pk])).status_code == 422


class TestHandOver:
    address = "/quay/ban-giao/"

    def test_flags_what_is_late(self, clerk: Client, world: World) -> None:
        received(world, at=now() - timedelta(days=20))
        received(world)
        page = text_of(clerk.get(self.address))

        assert page.count("Quá giờ chuyển") == 1
        assert "1 hồ sơ đã quá giờ chuyển" in page

    def test_hands_over_many_and_prints_their_list(self, clerk: Client, world: World) -> None:
        dossiers = [received(world), received(world)]
        answer = clerk.post(self.address, {"id": [str(one.pk) for one in dossiers]}, follow=True)
        assert "Đã bàn giao 2 hồ sơ." in text_of(answer)
        assert "In danh sách 2 hồ sơ cho Sở Tư pháp" in text_of(answer)
        assert {one.state for one in Dossier.objects.all()} == {State.TRANSFERRED}

        listed = clerk.get(reverse("counter:handover-list", args=[world.department.pk]), {"vua-giao": "1"})
        assert listed.content.startswith(b"%PDF-")

    def test_one_that_cannot_go_never_holds_the_others_up(self, clerk: Client, world: World) -> None:
        gone, staying = received(world), received(world)
        transfer(dossier_id=gone.pk, by=world.clerk, at=now())
        answer = clerk.post(self.address, {"id": [str(gone.pk), str(staying.pk)]}, follow=True)
        page = text_of(answer)

        assert "Đã bàn giao 1 hồ sơ." in page
        assert f"{gone.code} (Nguyễn Thị Ánh)" in page

    def test_shows_its_progress_when_it_takes_longer(
        self, clerk: Client, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("motcua.web.ui.together.AT_ONCE", -1.0)
        dossiers = [received(world), received(world)]
        answer = clerk.post(self.address, {"id": [str(one.pk) for one in dossiers]}, follow=True)
        assert "Đã xử lý 0 trong 2 hồ sơ" in text_of(answer)
        deliver_due()
        page = text_of(clerk.get(answer.request["PATH_INFO"]))
        assert "xong 2 trong 2 hồ sơ" in page
        assert "In danh sách 2 hồ sơ cho Sở Tư pháp" in text_of(clerk.get(self.address))

    def test_asks_to_tick_something(self, clerk: Client, world: World) -> None:
        received(world)
        page = clerk.post(self.address, {})

        assert page.status_code == 422
        assert "Hãy đánh dấu ít nhất một hồ sơ" in text_of(page)

    def test_prints_what_waits_for_one_agency(self, clerk: Client, world: World) -> None:
        received(world)
        listed = clerk.get(reverse("counter:handover-list", args=[world.department.pk]))

        assert listed["Content-Type"] == "application/pdf"

    def test_says_that_there_is_nothing_to_print(self, clerk: Client, world: World) -> None:
        page = clerk.get(reverse("counter:handover-list", args=[world.department.pk]))

        assert page.status_code == 422
        assert "Chưa chọn hồ sơ nào" in text_of(page)

    def test_one_from_its_own_page(self, clerk: Client, world: World) -> None:
        dossier = received(world)
        answer = clerk.post(reverse("counter:transfer", args=[dossier.pk]), {"step": "receive"}, follow=True)

        assert f"Đã bàn giao hồ sơ {dossier.code} cho Sở Tư pháp" in text_of(answer)

    def test_a_stale_page_changes_nothing(self, clerk: Client, world: World) -> None:
        dossier = received(world)
        address = reverse("counter:transfer", args=[dossier.pk])
        clerk.post(address, {"step": "receive"})
        again = clerk.post(address, {"step": "receive"})

        assert again.status_code == 409
        assert "đã sang bước" in text_of(again)

    def test_pages_by_keyset_and_shows_each_once(self, world: World) -> None:
        for minutes in range(7):
            received(world, at=now() - timedelta(minutes=10 + minutes))
        shown, after = [], ""
        for _ in range(3):
            page = slice_of(Dossier.objects.all(), by="received_at", after=after, newest=True, size=3)
            shown += [dossier.pk for dossier in page.dossiers]
            after = page.next

        assert len(set(shown)) == len(shown) == 7
        assert after == ""
        assert len(slice_of(Dossier.objects.all(), by="received_at", after="vớ vẩn", size=3).dossiers) == 3


class TestReturn:
    def test_lists_what_is_ready(self, clerk: Client, world: World) -> None:
        ready, waiting = with_result(world), received(world)
        page = text_of(clerk.get(reverse("counter:results")))

        assert ready.code in page
        assert waiting.code not in page

    def test_a_scanned_receipt_opens_its_return(self, clerk: Client, world: World) -> None:
        ready = with_result(world)
        found = clerk.get(reverse("counter:results"), {"q": f"https://x.vn/tra-cuu/?ma={ready.code}"})

        assert found.url == reverse("counter:return", args=[ready.pk])

    def test_says_how_far_a_dossier_is_that_has_no_result(self, clerk: Client, world: World) -> None:
        page = text_of(clerk.get(reverse("counter:results"), {"q": received(world).code}))

        assert "chưa có kết quả để trả" in page
        assert "Đã tiếp nhận" in page

    def test_to_the_applicant(self, clerk: Client, world: World) -> None:
        ready = with_result(world)
        address = reverse("counter:return", args=[ready.pk])
        assert "Trả kết quả cho Nguyễn Thị Ánh" in text_of(clerk.get(address))
        answer = clerk.post(address, {"who": "APPLICANT", "receiver_name": "", "step": "return"}, follow=True)

        assert "Đã trả kết quả" in text_of(answer)
        assert Result.objects.get().receiver_name == "Nguyễn Thị Ánh"
        slip = clerk.get(reverse("counter:paper", args=[ready.pk, "phieu-tra-ket-qua"]))
        assert slip.content.startswith(b"%PDF-")

    def test_to_another_needs_the_name(self, clerk: Client, world: World) -> None:
        ready = with_result(world)
        address = reverse("counter:return", args=[ready.pk])
        refused = clerk.post(address, {"who": "OTHER", "note": "Giấy ủy quyền 7"})
        assert refused.status_code == 422
        assert "Hãy ghi họ tên người nhận thay" in text_of(refused)
        assert 'value="Giấy ủy quyền 7"' in refused.content.decode()

        clerk.post(address, {"who": "OTHER", "receiver_name": "Trần Văn Con", "note": "Giấy ủy quyền 7"})
        result = Result.objects.get()
        assert (result.receiver_name, result.receiver_is_applicant) == ("Trần Văn Con", False)

    def test_several_to_one_receiver(self, clerk: Client, world: World) -> None:
        ready = [with_result(world), with_result(world)]
        clerk.post(
            reverse("counter:results"),
            {"id": [str(one.pk) for one in ready], "receiver_name": "Trần Văn Con"},
        )

        assert set(Result.objects.values_list("receiver_name", flat=True)) == {"Trần Văn Con"}

    def test_twice_is_refused_and_happens_once(self, clerk: Client, world: World) -> None:
        ready = with_result(world)
        address = reverse("counter:return", args=[ready.pk])
        clerk.post(address, {"who": "APPLICANT", "step": "return"})
        again = clerk.post(address, {"who": "APPLICANT", "step": "return"})

        assert again.status_code == 409
        assert clerk.get(address).url == reverse("counter:dossier", args=[ready.pk])


class TestRegister:
    def test_shows_the_book_of_a_period(self, clerk: Client, world: World) -> None:
        dossier = received(world)
        today = f"{local_date(now()):%d/%m/%Y}"
        address = reverse("counter:register")
        assert dossier.code in text_of(
            clerk.get(address, {"first": today, "last": today, "field": "Hộ tịch"})
        )
        assert dossier.code not in text_of(clerk.get(address, {"field": "Đất đai"}))

        printed = clerk.get(
            reverse("counter:register-paper", args=[world.centre.pk]), {"first": today, "last": today}
        )
        assert printed.content.startswith(b"%PDF-")

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"first": "31/02/2026"}, "chưa phải là một ngày"),
            ({"first": "02/01/2026", "last": "01/01/2026"}, "Ngày đầu phải trước ngày cuối"),
            ({"first": "01/01/2000", "last": "01/01/2026"}, "trong một năm"),
        ],
    )
    def test_says_what_is_wrong_with_the_days(
        self, clerk: Client, world: World, asked: dict[str, str], said: str
    ) -> None:
        page = clerk.get(reverse("counter:register"), asked)

        assert page.status_code == 422
        assert said in text_of(page)
        assert clerk.get(reverse("counter:register-paper", args=[world.centre.pk]), asked).status_code == 422


class TestDossierPage:
    def test_tells_papers_way_and_next_act(self, clerk: Client, world: World) -> None:
        dossier = received(world)
        page = text_of(clerk.get(reverse("counter:dossier", args=[dossier.pk])))

        assert world.papers[0].name in page
        assert "Tiếp nhận hồ sơ" in page
        assert "Bàn giao" in page
        assert "033190001234" not in page

    @pytest.mark.parametrize("paper", ["giay-hen", "giay-hen/?hai-lien=1", "phieu-kiem-soat"])
    def test_prints(self, clerk: Client, world: World, paper: str) -> None:
        address = reverse("counter:dossier", args=[received(world).pk])

        assert (
            clerk.get(f"{address}in/{paper.replace('/?', '/?')}" + ("" if "?" in paper else "/")).status_code
            == 200
        )

    def test_knows_no_other_paper(self, clerk: Client, world: World) -> None:
        assert clerk.get(reverse("counter:paper", args=[received(world).pk, "la"])).status_code == 404

    def test_takes_a_note(self, clerk: Client, world: World) -> None:
        address = reverse("counter:note", args=[received(world).pk])
        refused = clerk.post(address, {"text": "  "})
        assert refused.status_code == 422
        assert "Hãy nhập nội dung ghi chú" in text_of(refused)

        assert "Đã gọi điện" in text_of(clerk.post(address, {"text": "Đã gọi điện"}, follow=True))

    def test_asks_a_constant_number_of_questions(self, clerk: Client, world: World) -> None:
        first, finished = received(world), with_result(world)
        for opened in (first, finished):  # who opens a dossier for the first time on a day is written down
            clerk.get(reverse("counter:dossier", args=[opened.pk]))
        few = queries_of(clerk, reverse("counter:dossier", args=[first.pk]))

        # which result it is, and whether the post has it
        assert queries_of(clerk, reverse("counter:dossier", args=[finished.pk])) == few + 2

    def test_shows_scans_with_pictures_and_asks_for_their_data(self, clerk: Client, world: World) -> None:
        paper = world.papers[0]
        clerk.post(
            reception_url(world), ticked(world, **{f"file-{paper.pk}": scan("to-khai.png", a_picture())})
        )
        document = Document.objects.get()
        preview_first_pages(document.file)
        page = clerk.get(reverse("counter:dossier", args=[document.subject_id])).content.decode()
        picture = reverse("counter:picture", args=[document.pk, 1])
        assert picture in page
        assert "còn thiếu 4 mục" in page
        assert clerk.get(picture)["Content-Type"] == "image/webp"
        assert clerk.get(reverse("counter:picture", args=[document.pk, 9])).status_code == 404

        data = reverse("counter:paper-data", args=[document.pk])
        assert "Còn thiếu" in text_of(clerk.get(data))
        typed = {"title": "Tờ khai", "abstract": "Xin trích lục", "validity_scope": "cả nước"}
        wrong = clerk.post(data, {**typed, "valid_from": "31/02/2026"})
        assert wrong.status_code == 422
        assert 'href="#f-valid_from"' in wrong.content.decode()
        clerk.post(data, {**typed, "paper_type_code": "TK01", "valid_from": "01/02/2026"})
        document.refresh_from_db()
        assert document.missing == []
