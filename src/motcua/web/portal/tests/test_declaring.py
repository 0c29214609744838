"""Who files signs the declaration: only our own bytes, with a good certificate of theirs, for what it says now."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.core.errors import InvalidInput
from motcua.core.time import now
from motcua.foundation.citizens.models import CitizenAccount
from motcua.foundation.citizens.tests.factories import a_citizen, a_personal_number, an_organisation, enter
from motcua.foundation.documents.models import Document
from motcua.foundation.ledger.models import Line
from motcua.foundation.signing.local_ca import LocalCa
from motcua.foundation.signing.making import sign_pdf
from motcua.foundation.signing.tests.test_signing import added_to, altered
from motcua.foundation.signing.tests.world import authority, paper, unsaved
from motcua.service.dossiers.tests.world import World
from motcua.service.filing.contents import Contents
from motcua.service.filing.models import Draft, Filing, FrozenDeclaration
from motcua.service.filing.operations import batching, declaring, drafting, finishing
from motcua.service.filing.operations.answering import accept
from motcua.service.filing.operations.batching import begin_batch
from motcua.service.filing.receipt import receipt_pdf
from motcua.service.forms.asking import answers_of
from motcua.service.forms.definition import Definition, Field, Group, OwnSignature, Page, Widget
from motcua.service.forms.tests.sample import published
from motcua.web.portal.tests.conftest import NAME
from motcua.web.portal.tests.test_filing import at, walk

pytestmark = pytest.mark.django_db
FORM = Definition(
    title="Tờ khai phải ký",
    pages=(
        Page(
            key="chung",
            title="Nội dung",
            groups=(Group(key="mot", fields=(Field(name="land", label="Thửa đất", widget=Widget.TEXT),)),),
        ),
    ),
    signature=OwnSignature.MUST,
)


def ready(client: Client, world: World, second: Any, definition: Definition = FORM) -> Draft:
    """Everything is there but the signature."""
    published(world, second, definition)
    draft = walk(client, world)
    save(client, draft, "Thửa 12")
    draft.refresh_from_db()
    return draft


def save(client: Client, draft: Draft, land: str) -> None:
    begun = answers_of(draft.dossier_key)
    count = begun.pages.get("chung", 0) if begun else 0
    assert client.post(at(draft, "to-khai/chung"), {"land": land, "_count": str(count)}).status_code == 302


def to_sign(client: Client, draft: Draft) -> bytes:
    assert client.post(at(draft, "ky-to-khai"), {"freeze": "1"}).status_code == 302
    answer = client.get(at(draft, "ky-to-khai") + "to-khai.pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    return bytes(answer.content)


def signed_by(ca: LocalCa, name: str, content: bytes, *, number: str = "", **how: Any) -> bytes:
    moment = how.pop("moment", now())
    identity = unsaved(ca, name, number=number, **how)
    return sign_pdf(content, identity=identity, reason="Tôi khai", place="", at=moment).content


def send(client: Client, draft: Draft, content: bytes) -> Any:
    file = SimpleUploadedFile("to-khai_signed.pdf", content, "application/pdf")
    return client.post(at(draft, "ky-to-khai"), {"signed": file})


def refusal(client: Client, draft: Draft, content: bytes) -> str:
    answer = send(client, draft, content)
    assert answer.status_code == 422
    found = re.search(r'id="f-signed-error">.*?<span>(.*?)</span>', answer.content.decode(), re.DOTALL)
    assert found, answer.content.decode()
    return found[1]


def test_signed_filed_and_shown_where_it_is_read(
    client: Client, online_world: World, second: Any, account: CitizenAccount, ca: LocalCa
) -> None:
    draft = ready(client, online_world, second)
    number = f"CCCD:{account.applicant.personal_number}"
    assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 422
    assert "phải được người nộp ký số" in client.get(at(draft, "kiem-tra")).content.decode()
    assert to_sign(client, draft) == to_sign(client, draft)
    first = signed_by(ca, NAME, to_sign(client, draft), number=number)
    assert send(client, draft, first).status_code == 302
    assert "Chữ ký hợp lệ" in client.get(at(draft, "kiem-tra")).content.decode()

    save(client, draft, "Thửa 13")
    assert "Tờ khai đã sửa sau khi ký" in client.get(at(draft, "ky-to-khai")).content.decode()
    refused = client.post(at(draft, "kiem-tra"), {"truth": "1"}).content.decode()
    assert "đã sửa sau khi ký số" in refused
    fresh = to_sign(client, draft)
    assert "trước khi bạn sửa" in refusal(client, draft, first)
    last = signed_by(ca, NAME, fresh, number=number)
    assert send(client, draft, last).status_code == 302

    assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 302
    filing = Filing.objects.get()
    kept = FrozenDeclaration.objects.get()
    assert (kept.signer, kept.match, kept.is_time_proven) == (NAME, "NUMBER", True)
    assert kept.signed in [one for part in filing.parts.all() for one in part.documents.all()]
    line = Line.objects.get(name="FilingDeclarationSigned")
    assert (line.subject_id, line.payload["sha256"]) == (filing.pk, kept.signed.file.sha256)
    assert receipt_pdf(filing).startswith(b"%PDF")
    own = Document.objects.filter(subject_id=filing.dossier_key, title__startswith="Tờ khai:")
    assert set(own) == {kept.document, kept.signed}

    staff = Client()
    staff.force_login(online_world.clerk)
    session = staff.session
    session["second_factor"] = True
    session.save()
    pages = [f"/quay/truc-tuyen/{filing.pk}/"]
    came = list(filing.parts.filter(is_on_paper=True).values_list("pk", flat=True))
    dossier = accept(filing_id=filing.pk, by=online_world.clerk, at=now(), came_on_paper=came)
    pages.append(f"/quay/ho-so/{dossier.pk}/")
    for page in pages:
        shown = staff.get(page).content.decode()
        assert "Tờ khai người nộp ký số" in shown, page
        assert "Khớp số ghi trên chứng thư" in shown
    assert "Tờ khai đã ký số" in client.get(f"/cong-dan/ho-so/{dossier.code}/").content.decode()


def test_everything_else_is_refused_in_words(
    client: Client, online_world: World, second: Any, account: CitizenAccount, ca: LocalCa, settings: Any,
    tmp_path: Path,
) -> None:  # fmt: skip
    draft = ready(client, online_world, second)
    number = f"CCCD:{account.applicant.personal_number}"
    ours = to_sign(client, draft)
    good = signed_by(ca, NAME, ours, number=number)
    assert "Tệp này chưa ký" in refusal(client, draft, ours)
    assert "chưa có chữ ký số" in refusal(client, draft, added_to(ours))
    other = signed_by(ca, NAME, paper(), number=number)
    assert "không phải tờ khai tải từ trang này" in refusal(client, draft, other)
    assert "không phải tờ khai" in refusal(client, draft, b"GIF89a")
    assert "bị sửa sau khi ký" in refusal(client, draft, added_to(good))
    assert "không còn đúng từng byte" in refusal(client, draft, altered(good))
    assert "trước khi ký" in refusal(client, draft, signed_by(ca, NAME, added_to(ours), number=number))
    assert "đặt mật khẩu" in refusal(client, draft, locked(good))
    assert "người nộp là Lò Văn Một" in refusal(
        client, draft, signed_by(ca, NAME, ours, number=f"CCCD:{a_personal_number()}")
    )
    assert "Chữ ký là của Ai Khác" in refusal(client, draft, signed_by(ca, "Ai Khác", ours))
    short = signed_by(
        ca, NAME, ours, number=number, valid_for=timedelta(minutes=10), moment=now() - timedelta(minutes=55)
    )
    assert "ngoài thời hạn" in refusal(client, draft, short)
    identity = unsaved(ca, NAME, number=number)
    late = sign_pdf(ours, identity=identity, reason="", place="", at=now()).content
    ca.revoke(identity.certificate, at=now() - timedelta(minutes=1))
    assert "đã bị thu hồi" in refusal(client, draft, late)
    strange = tmp_path / "strange"
    strange.mkdir()
    known = settings.SIGNING_DIR
    stranger = authority(strange, settings, now() - timedelta(hours=1))
    forged = signed_by(stranger, NAME, ours, number=number)
    settings.SIGNING_DIR = known
    assert "không do nơi được tin cậy cấp" in refusal(client, draft, forged)
    assert not FrozenDeclaration.objects.filter(signed__isnull=False).exists()
    assert send(client, draft, good).status_code == 302


def locked(content: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def test_where_one_may_sign_nobody_must(
    client: Client, online_world: World, second: Any, account: CitizenAccount, ca: LocalCa
) -> None:
    draft = ready(client, online_world, second, replace(FORM, signature=OwnSignature.MAY))
    assert client.post(at(draft, "ky-to-khai"), {"onward": "1"}).status_code == 302
    assert send(client, draft, signed_by(ca, NAME.upper(), to_sign(client, draft))).status_code == 302
    assert "Chỉ khớp họ tên" in client.get(at(draft, "ky-to-khai")).content.decode()
    assert client.post(at(draft, "ky-to-khai"), {"drop": "1"}).status_code == 302
    assert client.post(at(draft, "kiem-tra"), {"truth": "1"}).status_code == 302
    assert not FrozenDeclaration.objects.exists()
    assert "FilingDeclarationSigned" not in set(Line.objects.values_list("name", flat=True))


def test_a_firm_signs_as_itself_or_by_who_acts_for_it(
    client: Client, online_world: World, second: Any, ca: LocalCa
) -> None:
    director = a_citizen(name="Giám Đốc Ba")
    firm = an_organisation(director=director)
    enter(client, director, acting_for=firm)
    draft = ready(client, online_world, second)
    ours = to_sign(client, draft)
    assert "mã số thuế" in refusal(client, draft, signed_by(ca, firm.name, ours))
    own = signed_by(ca, director.name, ours, number=f"CCCD:{director.applicant.personal_number}")
    assert send(client, draft, own).status_code == 302
    seal = signed_by(ca, "Tên Khác", ours, number=f"MST:{firm.applicant.tax_code}")
    assert send(client, draft, seal).status_code == 302
    assert FrozenDeclaration.objects.get().signer == "Tên Khác"


def test_signed_on_paper_before_an_officer_needs_no_certificate(
    client: Client, online_world: World, second: Any, account: CitizenAccount
) -> None:
    draft = ready(client, online_world, second)
    assert set(finishing.faults_of(Contents(draft, now()))) == {"declaration"}
    assert not finishing.faults_of(Contents(draft, now()), is_seen=True)
    frozen = declaring.freeze_declaration(draft_id=draft.pk, at=now()).document
    client.post(at(draft, "to-khai/chung"), {"land": " ", "_count": "1"})
    with pytest.raises(InvalidInput, match="Tờ khai còn 1 câu"):
        declaring.freeze_declaration(draft_id=draft.pk, at=now())
    with pytest.raises(batching.NoForm, match="phải ký số từng hồ sơ"):
        begin_batch(
            batch_id=uuid4(), offering=online_world.offering, case_id=None, account_id=account.pk,
            hand_id=account.pk, applicant=account.applicant, at=now(),
        )  # fmt: skip
    assert drafting.forget_draft(draft_id=draft.pk, at=now(), is_asked=True)
    assert not Document.objects.filter(pk=frozen.pk).exists()
