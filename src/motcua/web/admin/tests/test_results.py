"""Dated data of results: what bars certification, and the time to answer who asks for a correction."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.service.dossiers.tests.world import World, in_work
from motcua.service.results.models import AnswerRule, Certification, CertificationBar
from motcua.service.results.operations.seeding import seed_certification_bars
from motcua.service.results.operations.setting import answer_rule_on

HOME = reverse("admin:results")


def test_a_bar_is_added_ends_and_keeps_the_words_under_which_it_was_used(admin: Client, world: World) -> None:
    seed_certification_bars()
    today = local_date(now())
    new = {
        "code": "qua-cu",
        "name": "Bản chính quá cũ",
        "basis": "Điều 22",
        "valid_from": f"{today:%d/%m/%Y}",
    }
    assert admin.post(reverse("admin:new-bar"), new)["Location"] == HOME
    again = admin.post(reverse("admin:new-bar"), new)
    assert again.status_code == 422
    assert "Mã QUA-CU đã có" in again.content.decode()
    for code in ("a/b", "Đ-1", "a b", "?"):
        assert (
            "Mã chỉ gồm chữ cái không dấu"
            in admin.post(reverse("admin:new-bar"), {**new, "code": code}).content.decode()
        )
    assert admin.get(HOME).status_code == 200
    bar = CertificationBar.objects.get(code="QUA-CU")
    Certification.objects.create(
        dossier=in_work(world), agency=world.department, title="Bằng", compared_by=world.clerk, compared_at=now(),
        state="REFUSED", bar=bar,
    )  # fmt: skip
    own = reverse("admin:bar", args=["QUA-CU"])
    assert "giữ nguyên lời" in admin.post(own, {**new, "name": "Lời khác"}).content.decode()
    assert admin.post(own, {**new, "valid_to": f"{today:%d/%m/%Y}"}).status_code == 302
    assert not CertificationBar.objects.valid_on(today + timedelta(days=1)).filter(code="QUA-CU").exists()
    assert "Bản chính quá cũ" in admin.get(HOME).content.decode()


def test_the_time_to_answer_begins_on_its_day(admin: Client, world: World) -> None:
    AnswerRule.objects.all().delete()
    today = local_date(now())
    given = {"valid_from": f"{today + timedelta(days=3):%d/%m/%Y}", "answer_days": "4", "basis": "Quy chế 12"}
    assert admin.post(HOME, {**given, "valid_from": "01/01/2020"}).status_code == 422
    assert "Chưa đặt hạn" in admin.get(HOME).content.decode()
    assert admin.post(HOME, given).status_code == 302
    assert answer_rule_on(today) is None
    assert answer_rule_on(today + timedelta(days=3)).answer_days == 4
    stranger = Client()
    stranger.force_login(world.officer)
    assert stranger.get(HOME).status_code == 403
