"""Làm việc với hồ sơ: each act is a resource of its own; a POST is one operation, then the next dossier of the list."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from motcua.core.ids import as_key
from motcua.foundation.documents.models import Document
from motcua.foundation.documents.operations.storing import attach, store
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.org.models import Agency
from motcua.service.dossiers.models import Decision, Dossier, Priority
from motcua.service.dossiers.operations.assigning import assign_work, claim, reassign
from motcua.service.dossiers.operations.consulting import consult
from motcua.service.dossiers.operations.deciding import propose, review, send_back, sign
from motcua.service.dossiers.operations.keeping import add_note, prioritise
from motcua.service.dossiers.operations.moving import recall, return_to, skip
from motcua.service.dossiers.operations.reminding import remind
from motcua.service.dossiers.operations.returning import issue
from motcua.service.dossiers.operations.steps import look_at
from motcua.service.results.operations.drafting import put_draft
from motcua.web.desk.acts import ACTS, refuse_unlawful
from motcua.web.desk.base import AT_DESK, READERS, DeskPage
from motcua.web.desk.choices import choices_for
from motcua.web.desk.inbox import Inbox
from motcua.web.desk.signing import signing_of
from motcua.web.desk.wanted import TABS
from motcua.web.ui.dossiers import dossier_promise
from motcua.web.ui.forms import Reader


class ActPage(DeskPage):
    """Một việc: GET asks for what it needs, POST does it."""

    abstract = True
    act: ClassVar[str]

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        look_at(dossier, self.user, self.access, step=self.step)
        if request.method == "GET":
            refuse_unlawful(self.act, dossier, self.user, self.access)
        return self.render(
            "desk/acts/edit.html",
            act=ACTS[self.act],
            dossier=dossier,
            tab=self.tab,
            promise=dossier_promise(dossier, self.at),
            signing=signing_of(self, dossier),
            **{**choices_for(self.act, dossier, self.at), **self.kept()},
        )

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        sentence = self.do(dossier, self.read())
        return self.done(sentence, self.onward(dossier))

    def way_back(self) -> str:
        return reverse("desk:dossier", args=[self.kwargs["dossier_id"]])

    def do(self, dossier: Dossier, reader: Reader) -> str:
        """The one operation; returns what is said of it."""
        raise NotImplementedError

    def kept(self) -> dict[str, Any]:
        """What a refusal must not lose besides what was typed."""
        return {}

    @property
    def tab(self) -> str:
        asked = self.request.POST.get("tu") or self.request.GET.get("tu") or ""
        return asked if asked in TABS else ""

    @property
    def step(self) -> str:
        """The step that the page showed: a stale page is refused."""
        return str(self.request.POST.get("step") or self.request.GET.get("buoc") or "")

    def onward(self, dossier: Dossier) -> str:
        """To the next dossier of the list that one came from, or back to this one. `dossier` is as it was before."""
        if not self.tab:
            return reverse("desk:dossier", args=[dossier.pk])
        following = Inbox(self.user, self.access, self.at).following(dossier, self.tab)
        opened = f"&mo={following.pk}" if following else ""
        return f"{reverse('desk:index')}?muc={self.tab}{opened}"


class Claim(ActPage):
    """Nhận việc."""

    act = "claim"

    def do(self, dossier: Dossier, reader: Reader) -> str:
        claim(dossier_id=dossier.pk, by=self.user, at=self.at, step=self.step)
        return f"Bạn đã nhận hồ sơ {dossier.code}."

    def onward(self, dossier: Dossier) -> str:
        """What one has just taken is what one works on."""
        opened = f"{reverse('desk:index')}?muc=cua-toi&mo={dossier.pk}"
        return opened if self.tab else reverse("desk:dossier", args=[dossier.pk])


class Assign(ActPage):
    """Phân công thụ lý."""

    act = "assignment"
    permission = Permission.ASSIGN

    def do(self, dossier: Dossier, reader: Reader) -> str:
        holder = person_of(reader)
        note = reader.paragraph("note", longest=500)
        reader.check()
        assign_work(dossier_id=dossier.pk, holder=holder, by=self.user, at=self.at, note=note, step=self.step)
        return f"Đã phân công {holder.full_name} thụ lý hồ sơ {dossier.code}."


class Reassign(ActPage):
    """Chuyển người xử lý."""

    act = "holder"
    permission = Permission.ASSIGN

    def do(self, dossier: Dossier, reader: Reader) -> str:
        holder = person_of(reader)
        reason = reader.paragraph(
            "reason",
            required="Hãy ghi lý do chuyển, để người nhận và người kiểm tra đều hiểu.",
            longest=300,
        )
        reader.check()
        reassign(
            dossier_id=dossier.pk, holder=holder, by=self.user, at=self.at, reason=reason, step=self.step
        )
        return f"Đã chuyển hồ sơ {dossier.code} cho {holder.full_name}."


class Propose(ActPage):
    """Trình kết quả thẩm định."""

    act = "proposal"
    permission = Permission.PROCESS

    def do(self, dossier: Dossier, reader: Reader) -> str:
        outcome = reader.choice(
            "outcome",
            Decision.Outcome.values,
            required="Hãy chọn đề xuất: giải quyết hoặc từ chối giải quyết.",
        )
        reason = reader.paragraph("reason")
        self.document = uploaded(self, "draft")
        reader.check()
        with transaction.atomic():
            moved = propose(
                dossier_id=dossier.pk,
                outcome=outcome,
                reason=reason,
                by=self.user,
                at=self.at,
                step=self.step,
            )
            if self.document:
                put_draft(dossier_id=dossier.pk, document_id=self.document.pk, by=self.user, at=self.at)
        return f"Đã trình hồ sơ {dossier.code}, bước tiếp theo: {moved.step_name}."

    def kept(self) -> dict[str, Any]:
        document: Document | None = getattr(self, "document", None)
        is_pdf = document is not None and document.file.media_type == "application/pdf"
        return {"kept_draft": document} if is_pdf else {}


class Consult(ActPage):
    """Lấy ý kiến."""

    act = "consultations"
    permission = Permission.PROCESS

    def do(self, dossier: Dossier, reader: Reader) -> str:
        key = reader.integer("agency", required="Hãy chọn cơ quan cần lấy ý kiến.")
        question = reader.paragraph("question", required="Hãy ghi nội dung cần lấy ý kiến.")
        due_at = reader.moment("due_at", "due_time", required="Hãy ghi hạn trả lời.")
        agency = Agency.objects.filter(pk=key).first() if key else None
        if key and agency is None:
            reader.refuse("agency", "Không có cơ quan này. Hãy chọn trong danh sách.")
        reader.check()
        assert agency  # noqa: S101  checked
        assert due_at  # noqa: S101  checked
        consult(
            dossier_id=dossier.pk, agency=agency, question=question, due_at=due_at, by=self.user, at=self.at
        )
        return f"Đã gửi câu hỏi đến {agency.name}. Thời hạn của hồ sơ {dossier.code} vẫn tính."

    def onward(self, dossier: Dossier) -> str:
        return reverse("desk:dossier", args=[dossier.pk])


class Review(ActPage):
    """Xem xét, đồng ý trình ký."""

    act = "review"
    permission = Permission.REVIEW

    def do(self, dossier: Dossier, reader: Reader) -> str:
        note = reader.paragraph("note", longest=1000)
        reader.check()
        review(dossier_id=dossier.pk, by=self.user, at=self.at, note=note, step=self.step)
        return f"Đã trình ký hồ sơ {dossier.code}."


class Sign(ActPage):
    """Ký kết quả."""

    act = "signature"
    permission = Permission.SIGN

    def do(self, dossier: Dossier, reader: Reader) -> str:
        note = reader.paragraph("note", longest=1000)
        reader.check()
        sign(dossier_id=dossier.pk, by=self.user, at=self.at, note=note, step=self.step)
        return f"Đã ký hồ sơ {dossier.code}."


class ReturnToWork(ActPage):
    """Trả lại để thẩm định thêm."""

    act = "return-to-work"
    any_of = (Permission.REVIEW, Permission.SIGN)

    def do(self, dossier: Dossier, reader: Reader) -> str:
        reason = reader.paragraph(
            "reason", required="Hãy ghi lý do trả lại, để người thụ lý biết phải làm thêm gì.", longest=500
        )
        reader.check()
        moved = send_back(dossier_id=dossier.pk, reason=reason, by=self.user, at=self.at, step=self.step)
        to = f" cho {moved.holder.full_name}" if moved.holder else ""
        return f"Đã trả lại hồ sơ {dossier.code}{to} để thẩm định thêm."


class Issue(ActPage):
    """Vào sổ, phát hành: an upload is kept when something else is refused."""

    act = "issue"
    permission = Permission.ISSUE

    def do(self, dossier: Dossier, reader: Reader) -> str:
        self.document = uploaded(self)
        number = reader.text("number", required="Hãy nhập số, ký hiệu của kết quả.", longest=80)
        issued_on = reader.day("issued_on", required="Hãy nhập ngày ban hành.")
        name = reader.text("name")
        reader.check()
        assert issued_on  # noqa: S101  checked
        with transaction.atomic():
            if self.document:
                attach(document_ids=[self.document.pk], subject_id=dossier.pk, by=self.user)
            issue(
                dossier_id=dossier.pk,
                number=number,
                issued_on=issued_on,
                name=name,
                document_id=self.document.pk if self.document else None,
                by=self.user,
                at=self.at,
                step=self.step,
            )
        return f"Đã phát hành kết quả số {number}, chuyển về {dossier.reception_agency.name}."

    def kept(self) -> dict[str, Any]:
        document: Document | None = getattr(self, "document", None)
        return {"kept": document} if document else {}


class Recall(ActPage):
    """Thu hồi việc vừa chuyển."""

    act = "recall"
    any_of = READERS

    def do(self, dossier: Dossier, reader: Reader) -> str:
        reason = reader.paragraph("reason", required="Hãy ghi lý do thu hồi.", longest=300)
        reader.check()
        moved = recall(dossier_id=dossier.pk, reason=reason, by=self.user, at=self.at)
        return f"Đã thu hồi hồ sơ {dossier.code} về bước “{moved.step_name}”."

    def onward(self, dossier: Dossier) -> str:
        return reverse("desk:dossier", args=[dossier.pk])


class GoBack(ActPage):
    """Trả về một bước trước."""

    act = "back"

    def do(self, dossier: Dossier, reader: Reader) -> str:
        target = reader.text("target", required="Hãy chọn bước trả về.", longest=60)
        reason = reader.paragraph("reason", required="Hãy ghi lý do trả về.", longest=300)
        reader.check()
        moved = return_to(
            dossier_id=dossier.pk, target=target, reason=reason, by=self.user, at=self.at, step=self.step
        )
        return f"Đã trả hồ sơ {dossier.code} về bước “{moved.step_name}”."


class Skip(ActPage):
    """Bỏ qua bước."""

    act = "skip"

    def do(self, dossier: Dossier, reader: Reader) -> str:
        reason = reader.paragraph("reason", required="Hãy ghi lý do bỏ qua bước này.", longest=300)
        reader.check()
        skip(dossier_id=dossier.pk, reason=reason, by=self.user, at=self.at, step=self.step)
        return f"Đã bỏ qua một bước của hồ sơ {dossier.code}, có ghi lý do."


class Remind(ActPage):
    """Nhắc người đang giữ."""

    act = "reminder"

    def do(self, dossier: Dossier, reader: Reader) -> str:
        text = reader.text("text", longest=300)
        reader.check()
        reminder = remind(dossier_id=dossier.pk, text=text, by=self.user, at=self.at)
        return f"Đã nhắc {reminder.holder.full_name} về hồ sơ {dossier.code}."


class Prioritise(ActPage):
    """Đổi mức ưu tiên."""

    act = "priority"
    any_of = AT_DESK

    def do(self, dossier: Dossier, reader: Reader) -> str:
        priority = reader.choice("priority", Priority.values, required="Hãy chọn một mức ưu tiên.")
        reason = reader.paragraph("reason", required="Hãy ghi lý do đổi mức ưu tiên.", longest=300)
        reader.check()
        moved = prioritise(dossier_id=dossier.pk, priority=priority, reason=reason, by=self.user, at=self.at)
        return f"Mức ưu tiên của hồ sơ {dossier.code}: {Priority(moved.priority).label}."

    def onward(self, dossier: Dossier) -> str:
        return reverse("desk:dossier", args=[dossier.pk])


class Notes(DeskPage):
    """Ghi chú nghiệp vụ."""

    any_of = READERS

    def get(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        return self.render("desk/notes/edit.html", dossier=self.dossier(dossier_id))

    def post(self, request: HttpRequest, dossier_id: UUID) -> HttpResponse:
        dossier = self.dossier(dossier_id)
        reader = self.read()
        text = reader.paragraph("text", required="Hãy nhập nội dung ghi chú.")
        reader.check()
        add_note(dossier_id=dossier.pk, text=text, by=self.user, at=self.at)
        return self.done("Đã ghi chú.", self.next_address(reverse("desk:dossier", args=[dossier.pk])))


def person_of(reader: Reader) -> User:
    """Người được chọn; the operation asks whether the role fits."""
    key = as_key(reader.text("holder", required="Hãy chọn người nhận việc."))
    person = User.objects.active().filter(pk=key).first() if key else None
    if person is None:
        reader.refuse("holder", "Không có người này. Hãy chọn trong danh sách.")
    reader.check()
    assert person is not None  # noqa: S101  checked
    return person


def uploaded(page: DeskPage, field: str = "file") -> Document | None:
    """The file of now, or the one that an earlier try has left."""
    upload = page.request.FILES.get(field)
    if upload:
        return store(upload, name=upload.name or "", by=page.user, at=page.at)
    key = as_key(page.request.POST.get("document", ""))
    return Document.objects.unused(uploaded_by_id=page.user.pk).filter(pk=key).first() if key else None
