from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.core.time import local_date, now
from motcua.foundation.identity.operations.staffing import appoint
from motcua.foundation.identity.tests import factories
from motcua.foundation.org.models import Post
from motcua.service.dossiers.tests.world import World
from motcua.service.forms.definition import OwnSignature, Signers, Widget, write
from motcua.service.forms.models import Answers, Form, FormVersion
from motcua.service.forms.tests.sample import SAMPLE, a_form
from motcua.web.admin.tests.conftest import Entering, page_of

TODAY = f"{local_date(now()):%d/%m/%Y}"


@pytest.fixture
def second(world: World, enter: Entering) -> Client:
    person = factories.a_user(full_name="Lê Thị Xem Lại")
    post = Post.objects.filter(memberships__user=world.admin).first()
    assert post
    appoint(person, post=post, valid_from=factories.START, by=None, at=factories.AT)
    return enter(person)


def at(name: str, version: FormVersion, *more: str) -> str:
    return reverse(f"admin:{name}", args=[version.pk, *more])


class TestBuilding:
    def test_builds_a_form_without_a_script_and_publishes_it(
        self, world: World, admin: Client, second: Client
    ) -> None:
        made = admin.post(
            reverse("admin:new-eform"),
            {"name": "Giấy thử", "procedure": f"{world.procedure.code} tên", "confidence": "OWN"},
        )
        version = FormVersion.objects.get()
        assert made.headers["Location"] == at("eform-version", version)
        edits = iter(range(20))

        def edit(address: str, **given: Any) -> None:
            answer = admin.post(address, {"edits": next(edits), **given})
            assert answer.status_code == 302, page_of(answer)

        edit(at("edit-eform", version), act="group", place="0")
        edit(at("eform-field", version, "0.0.0"), label="Bạn có con không?", widget="YES_NO", is_required="1")
        edit(
            at("eform-field", version, "0.0.1"), label="Học lớp mấy?", widget="CHOICE", is_required="1",
            options="Lớp một\nLỚP_HAI | Lớp hai", show_if_field="ban_co_con_khong", show_if_test="==", show_if_value="Có",
        )  # fmt: skip
        edit(at("edit-eform", version), act="page", title="Gia đình")
        edit(at("edit-eform", version), act="page-up", place="1")
        edit(at("edit-eform", version), act="page-remove", place="0")
        edit(at("eform-page", version, "0"), title="Về bạn", help="Hỏi ngắn thôi")
        edit(at("eform-group", version, "0.0"), title="Con cái")
        version = FormVersion.objects.get()
        yes_no, choice = version.definition.pages[0].fields
        assert (yes_no.widget, choice.options[0].value) == (Widget.YES_NO, "LOP_MOT")
        assert choice.show_if == {"==": [{"var": "ban_co_con_khong"}, True]}
        assert [page.title for page in version.definition.pages] == ["Về bạn"]
        shown = page_of(admin.get(at("eform-version", version)))
        assert "Hãy nhờ một người khác" in shown
        assert "Học lớp mấy?" in page_of(admin.get(at("eform-field", version, "0.0.1")))

        given = {"valid_from": TODAY, "reason": "Quyết định số 1"}
        assert admin.post(at("publish-eform", version), given).status_code == 403
        assert second.post(at("publish-eform", version), given).status_code == 302
        assert FormVersion.objects.get().state == "PUBLISHED"
        assert "Lê Thị Xem Lại ban hành" in page_of(admin.get(reverse("admin:eform", args=[version.form_id])))

    def test_says_who_signs(self, world: World, admin: Client) -> None:
        version = a_form(world).versions.get()
        address = at("eform-signing", version)
        given = {"signature": "MUST", "has_signers": "1", "least": "3", "most": "2"}
        refused = page_of(admin.post(address, {"edits": version.edits, **given}))
        assert "họ là ai" in refused
        assert "không được nhỏ hơn" in refused
        given |= {"label": "Vợ hoặc chồng", "least": "0", "most": "3", "level": "2"}
        assert admin.post(address, {"edits": version.edits, **given}).status_code == 302
        version = FormVersion.objects.get()
        asked = Signers(label="Vợ hoặc chồng", least=0, most=3, level=2)
        assert (version.definition.signers, version.definition.signature) == (asked, OwnSignature.MUST)
        shown = page_of(admin.get(at("eform-version", version)))
        assert "Vợ hoặc chồng, 0–3 người" in shown
        assert "Phải ký số" in shown
        kept = page_of(admin.get(address))
        assert 'value="Vợ hoặc chồng"' in kept
        again = {"edits": version.edits, "signature": "NONE"}
        assert admin.post(address, again).status_code == 302
        assert FormVersion.objects.get().document == write(SAMPLE)

    def test_an_old_page_changes_nothing(self, world: World, admin: Client) -> None:
        version = a_form(world).versions.get()
        given = {"act": "page-remove", "place": "0"}
        assert admin.post(at("edit-eform", version), {**given, "edits": "0"}).status_code == 302
        assert admin.post(at("edit-eform", version), {**given, "edits": "0"}).status_code == 409
        assert len(FormVersion.objects.get().definition.pages) == 2

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"label": "", "widget": "TEXT"}, "Hãy ghi lời hỏi."),
            ({"label": "A", "widget": "CHOICE", "options": " "}, "ít nhất một mục"),
            ({"label": "A", "widget": "COMPUTED", "computed": "{"}, "chưa phải JSON đúng"),
        ],
    )
    def test_says_what_a_question_lacks(
        self, world: World, admin: Client, given: dict[str, str], words: str
    ) -> None:
        version = a_form(world).versions.get()
        answer = admin.post(at("eform-field", version, "0.0.99"), {"edits": "0", **given})
        assert answer.status_code == 422
        assert words in page_of(answer)

    def test_says_what_keeps_it_from_being_published(
        self, world: World, admin: Client, second: Client
    ) -> None:
        version = a_form(world).versions.get()
        rule = json.dumps({"var": "amount"})
        given = {"edits": "0", "title": "Người khai", "show_if_json": rule}
        assert admin.post(at("eform-page", version, "0"), given).status_code == 302
        assert "luật hỏi “amount”, không phải một câu đứng trước" in page_of(
            second.get(at("eform-version", version))
        )
        answer = second.post(at("publish-eform", version), {"valid_from": TODAY, "reason": "x"})
        assert answer.status_code == 422
        assert "Chưa thể ban hành" in page_of(answer)

    def test_goes_out_and_comes_in_as_json(self, world: World, admin: Client) -> None:
        version = a_form(world).versions.get()
        sent = admin.get(at("export-eform", version))
        assert json.loads(sent.content) == write(SAMPLE)
        assert admin.post(at("discard-eform", version)).status_code == 302
        draft = reverse("admin:draft-eform", args=[version.form_id])
        for content, status in ((b"\xff", 422), (b"[1]", 422), (sent.content, 302)):
            answer = admin.post(draft, {"file": SimpleUploadedFile("a.json", content)})
            assert answer.status_code == status
        assert Form.objects.get().versions.get(state="DRAFT").definition == SAMPLE

    def test_is_for_those_who_may(self, world: World, clerk: Client) -> None:
        a_form(world)
        assert clerk.get(reverse("admin:eforms")).status_code == 403


class TestPreview:
    def test_walks_through_as_a_citizen_and_keeps_nothing(self, world: World, admin: Client) -> None:
        version = a_form(world).versions.get()
        address = at("preview-eform", version)
        assert "Sổ hộ khẩu" not in page_of(admin.get(address))
        assert "Sổ hộ khẩu" in page_of(admin.get(address + "?ngay=2022-01-01"))
        person = {
            "_page": "person", "_data": "{}", "name": "Nguyễn Văn An", "born": "1985", "home.province": "31",
            "home.ward": "tu ky",
        }  # fmt: skip
        page = page_of(admin.post(address, person))
        assert "Bạn có con không?" in page
        assert admin.post(address, {**person, "born": "x"}).status_code == 422
        last = {"_page": "money", "_data": json.dumps({"has_children": False}), "amount": "5", "truth": "1"}
        assert "Đã đi hết các trang" in page_of(admin.post(address, last))
        assert not Answers.objects.exists()

    def test_compares(self, world: World, admin: Client) -> None:
        version = a_form(world).versions.get()
        assert "Chưa có phiên bản nào khác" in page_of(admin.get(at("compare-eform", version)))


def test_the_list_asks_little(world: World, admin: Client, django_assert_max_num_queries: Any) -> None:
    a_form(world)
    with django_assert_max_num_queries(14):
        page = page_of(admin.get(reverse("admin:eforms"), {"q": "thử"}))
    assert "Có bản soạn" in page
