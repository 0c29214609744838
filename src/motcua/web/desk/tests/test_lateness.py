"""The pages of lateness: letters, explanations, wrong results, and what the applicant and the public see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from unittest.mock import patch

import pytest
from django.test import Client

from motcua.core.time import VIETNAM
from motcua.foundation.identity.models import User
from motcua.foundation.notices.models import Notice
from motcua.service.dossiers.models import Apology, Correction, Dossier, LateCause, LatenessReview
from motcua.service.dossiers.operations.apologising import foresee_lateness
from motcua.service.dossiers.operations.returning import issue, return_result
from motcua.service.dossiers.tests.world import World
from motcua.web.desk.tests.conftest import in_work, signed

Enter = Callable[[User], Client]
FRIDAY = datetime(2026, 3, 6, 10, tzinfo=VIETNAM)
LATE = datetime(2026, 3, 11, 9, tzinfo=VIETNAM)


@pytest.fixture
def friday():
    with patch("motcua.web.ui.pages.now", return_value=FRIDAY):
        yield


@pytest.fixture
def wednesday():
    with patch("motcua.web.ui.pages.now", return_value=LATE):
        yield


def letter(dossier: Dossier, **changes: object) -> dict[str, object]:
    cause = LateCause.objects.get(code="CQ-THAMDINH")
    return {"cause": cause.pk, "explanation": "Phải xác minh thêm.", "until": "12/03/2026", **changes}


class TestLetter:
    def test_is_written_by_the_officer_and_signed_by_the_leader(self, world: World, enter: Enter, friday):
        dossier = in_work(world)
        address = f"/ban-lam-viec/ho-so/{dossier.pk}/xin-loi/"
        page = enter(world.officer).get(address)
        assert "Vì sao dự báo chậm" in page.text
        assert "Ký và gửi" not in page.text
        assert enter(world.officer).post(address, letter(dossier)).status_code == 302
        assert Apology.objects.get().state == "DRAFT"

        leader = enter(world.leader)
        assert "Ký và gửi" in leader.get(address).text
        answer = leader.post(address, letter(dossier, send="1"), follow=True)
        assert "hẹn lại hồ sơ" in answer.text
        dossier.refresh_from_db()
        assert dossier.due_at == datetime(2026, 3, 12, 17, tzinfo=VIETNAM)
        assert "chỉ cho hẹn lại một lần" in leader.get(address).text
        assert "Đã báo người nộp" in leader.get(f"/ban-lam-viec/ho-so/{dossier.pk}/").text

    def test_keeps_what_was_written_when_it_is_refused(self, world, enter, friday):
        dossier = in_work(world)
        answer = enter(world.leader).post(
            f"/ban-lam-viec/ho-so/{dossier.pk}/xin-loi/", letter(dossier, until="14/03/2026", send="1")
        )
        assert answer.status_code == 422
        assert "không phải ngày làm việc" in answer.text
        assert "Phải xác minh thêm." in answer.text

    def test_without_a_cause_the_draft_stays_and_the_signature_waits(self, world, enter, friday):
        dossier = in_work(world)
        answer = enter(world.leader).post(
            f"/ban-lam-viec/ho-so/{dossier.pk}/xin-loi/", letter(dossier, cause="", send="1")
        )
        assert answer.status_code == 422
        assert "Hãy chọn nguyên nhân chậm" in answer.text
        assert Apology.objects.get().state == "DRAFT"

    def test_a_late_one_says_that_it_stays_overdue(self, world, enter, wednesday):
        dossier = in_work(world)
        address = f"/ban-lam-viec/ho-so/{dossier.pk}/xin-loi/"
        assert "vẫn tính là quá hạn" in enter(world.leader).get(address).text
        enter(world.leader).post(address, letter(dossier, until="13/03/2026", send="1"))
        assert not Apology.objects.get().extends

    def test_is_put_away_with_a_reason(self, world, enter, friday):
        dossier = in_work(world)
        address = f"/ban-lam-viec/ho-so/{dossier.pk}/xin-loi/"
        officer = enter(world.officer)
        officer.post(address, letter(dossier))
        assert officer.post(address, {"discard": "1", "reason": ""}).status_code == 422
        officer.post(address, {"discard": "1", "reason": "Xong trong hôm nay"})
        assert Apology.objects.get().state == "DISCARDED"

    def test_is_not_shown_to_other_agencies(self, world, enter, friday):
        dossier = in_work(world)
        answer = enter(world.stranger).get(f"/ban-lam-viec/ho-so/{dossier.pk}/xin-loi/")
        assert answer.status_code in {404, 422}
        assert dossier.applicant_name not in answer.text


class TestLists:
    def test_who_heads_the_work_sees_what_waits_first(self, world, enter, wednesday):
        dossier = in_work(world)
        page = enter(world.leader).get("/ban-lam-viec/?muc=don-vi").text
        assert "1 quá hạn chưa xin lỗi" in page
        assert dossier.code in enter(world.leader).get("/ban-lam-viec/xin-loi/?muc=chua-xin-loi").text
        foresee_lateness(LATE)
        page = enter(world.leader).get("/ban-lam-viec/").text
        assert "1 hồ sơ cần xin lỗi" in page
        assert dossier.code in enter(world.leader).get("/ban-lam-viec/xin-loi/?muc=can-xin-loi").text
        assert "Chưa chọn nguyên nhân" in enter(world.leader).get("/ban-lam-viec/xin-loi/").text

    def test_the_counter_sees_them_too(self, world, enter, wednesday):
        dossier = in_work(world)
        clerk = enter(world.clerk)
        assert "1 chưa được xin lỗi" in clerk.get("/quay/").text
        assert dossier.code in clerk.get("/quay/tre-hen/").text
        assert dossier.code not in clerk.get("/quay/tre-hen/?muc=da-xin-loi").text

    @pytest.mark.parametrize(
        "address",
        ["xin-loi/", "xin-loi/?muc=da-gui", "ho-so-cham/", "ho-so-cham/nguyen-nhan/", "ket-qua-sai/"],
    )
    def test_empty_ones_say_so(self, world, enter, address):
        assert 'class="empty"' in enter(world.officer).get(f"/ban-lam-viec/{address}").text


class TestExplanation:
    def test_goes_from_the_unit_to_the_public(self, world, enter, wednesday):
        dossier = in_work(world)
        address = f"/ban-lam-viec/ho-so/{dossier.pk}/giai-trinh/"
        cause = LateCause.objects.get(code="PH-YKIEN")
        assert dossier.code in enter(world.officer).get("/ban-lam-viec/ho-so-cham/").text
        enter(world.officer).post(address, {"explain": "1", "cause": cause.pk, "explanation": "Đã đôn đốc."})
        controller = enter(User.objects.get(username="kiemsoat"))
        assert dossier.code in controller.get("/ban-lam-viec/ho-so-cham/?muc=cho-xem-xet").text
        refused = controller.post(
            address, {"judge": "1", "verdict": "NO_FAULT", "outcome": f"Hồ sơ của {dossier.applicant_name}"}
        )
        assert refused.status_code == 422
        controller.post(
            address, {"judge": "1", "verdict": "NO_FAULT", "outcome": "Cơ quan phối hợp rút kinh nghiệm."}
        )
        controller.post(address, {"publish": "1"})
        assert LatenessReview.objects.get().published_at == LATE

        public = Client().get("/ho-so-cham/").text
        assert "Cơ quan phối hợp rút kinh nghiệm." in public
        assert world.department.name in public
        for private in (dossier.applicant_name, dossier.code, dossier.phone):
            assert private not in public
        causes = controller.get("/ban-lam-viec/ho-so-cham/nguyen-nhan/").text
        assert "100%" in causes
        assert dossier.code in controller.get(f"/ban-lam-viec/ho-so-cham/?nguyen-nhan={cause.code}").text

    def test_the_leader_does_not_judge(self, world, enter, wednesday):
        dossier = in_work(world)
        answer = enter(world.leader).post(
            f"/ban-lam-viec/ho-so/{dossier.pk}/giai-trinh/",
            {"judge": "1", "verdict": "NO_FAULT", "outcome": "Tốt"},
        )
        assert answer.status_code == 403


class TestWrongResult:
    def returned(self, world: World) -> Dossier:
        dossier = signed(world)
        at = FRIDAY
        issue(dossier_id=dossier.pk, number="12/KQ", issued_on=date(2026, 3, 6), by=world.records, at=at)
        return return_result(dossier_id=dossier.pk, by=world.clerk, at=at)

    def test_goes_from_the_counter_to_the_leader_and_back(self, world, enter, wednesday):
        dossier = self.returned(world)
        clerk, leader = enter(world.clerk), enter(world.leader)
        assert "Kết quả bị sai" in clerk.get(f"/quay/ho-so/{dossier.pk}/").text
        wrong = f"/quay/ho-so/{dossier.pk}/ket-qua-sai/"
        assert clerk.get(wrong).status_code == 200
        assert clerk.post(wrong, {"fault": "AGENCY", "wrong": ""}).status_code == 422
        clerk.post(wrong, {"fault": "AGENCY", "wrong": "Sai ngày sinh"})
        assert dossier.code in leader.get("/ban-lam-viec/ket-qua-sai/").text
        mend = f"/ban-lam-viec/ho-so/{dossier.pk}/sua-ket-qua/"
        assert "Sai ngày sinh" in leader.get(mend).text
        refused = leader.post(mend, {"number": "12/KQ", "issued_on": "11/03/2026"})
        assert refused.status_code == 422
        leader.post(mend, {"number": "13/KQ", "issued_on": "11/03/2026", "cost_amount": "8.000"})
        assert Correction.objects.get().cost_amount == 8000
        assert dossier.code in clerk.get("/quay/tra-ket-qua/").text
        clerk.post(f"/quay/ho-so/{dossier.pk}/tra-ket-qua/", {"who": "APPLICANT"})
        dossier.refresh_from_db()
        assert dossier.state == "RETURNED"
        page = leader.get(f"/ban-lam-viec/ho-so/{dossier.pk}/").text
        assert "12/KQ" in page
        assert "13/KQ" in page

    def test_is_found_at_the_desk_too(self, world, enter, wednesday):
        dossier = self.returned(world)
        address = f"/ban-lam-viec/ho-so/{dossier.pk}/ket-qua-sai/"
        assert enter(world.officer).get(address).status_code == 200
        enter(world.officer).post(address, {"fault": "APPLICANT", "wrong": "Khai sai tên"})
        assert Correction.objects.get().due_at is None


class TestNotices:
    def test_a_failed_one_is_sent_again(self, world, enter, friday):
        dossier = in_work(world)
        enter(world.leader).post(f"/ban-lam-viec/ho-so/{dossier.pk}/xin-loi/", letter(dossier, send="1"))
        Notice.objects.filter(channel="SMS").update(channel="EMAIL", address="a@vidu.vn", state="FAILED")
        officer = enter(world.officer)
        assert "Gửi lại" in officer.get(f"/ban-lam-viec/ho-so/{dossier.pk}/").text
        officer.post(f"/ban-lam-viec/thong-bao/{Notice.objects.get(channel='EMAIL').pk}/gui-lai/")
        assert Notice.objects.get(channel="EMAIL").state == "QUEUED"

    def test_an_unconnected_channel_says_to_phone(self, world, enter, friday):
        dossier = in_work(world)
        enter(world.leader).post(f"/ban-lam-viec/ho-so/{dossier.pk}/xin-loi/", letter(dossier, send="1"))
        page = enter(world.clerk).get(f"/quay/ho-so/{dossier.pk}/").text
        assert "Kênh chưa kết nối" in page
        assert "Hãy báo người nộp bằng điện thoại." in page

    def test_the_applicant_reads_the_apology_and_both_dates(self, world, enter, friday):
        dossier = in_work(world)
        enter(world.leader).post(f"/ban-lam-viec/ho-so/{dossier.pk}/xin-loi/", letter(dossier, send="1"))
        page = Client().post("/tra-cuu/", {"ma": dossier.code, "so": "1234"}).text
        for part in ("xin lỗi vì hồ sơ chậm", "09/03", "12/03", "Thông báo cho bạn"):
            assert part in page
