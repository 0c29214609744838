"""Ký số kết quả: what the worker does with a signing job, and what somebody does with one that failed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, Stale
from motcua.core.time import VIETNAM
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.signing.making import sign_pdf
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.operations.documents import bytes_of, keep_signed
from motcua.foundation.signing.operations.remotely import give_up, sign_remotely
from motcua.foundation.signing.refusals import AwaitingPhone, PhoneSaid, SigningRefused
from motcua.foundation.signing.stamping import Stamp
from motcua.service.dossiers.models import Result
from motcua.service.results.codes import address_of, payload_of
from motcua.service.results.events import ResultFileSigned, SigningAsked
from motcua.service.results.models import Certification, IssuedResult, SigningJob
from motcua.service.results.reacting import tell_published

logger = logging.getLogger(__name__)
State = SigningJob.State
GIVEN_UP = "Đã thôi chờ xác nhận trên điện thoại. Hãy bấm Ký lại khi người ký sẵn sàng."
LEADER_FIRST = "Chờ chữ ký số của lãnh đạo."
BROKEN = "Hệ thống gặp lỗi khi ký số. Hãy bấm Ký lại; nếu vẫn lỗi, hãy báo quản trị hệ thống."


def carry_out(job_id: UUID, *, clock: Callable[[], datetime]) -> str:
    """Ký số: make the signature of a job, once; whoever comes second finds it done or being done. Returns its state."""
    with transaction.atomic():
        job = (
            SigningJob.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related(
                "identity", "dossier", "source__file", "issued__agency", "issued__dossier", "asked_by"
            )
            .filter(pk=job_id)
            .first()
        )
        if job is None or job.state not in {State.WAITING, State.FAILED}:
            return job.state if job else ""
        at = clock()
        job.attempts += 1
        try:
            if told := _try(job, at):
                raise told
        except AwaitingPhone as asked:
            job.state, job.sentence, job.is_transient = State.WAITING, asked.message[:500], True
            job.attempts -= 1
        except DomainError as refusal:
            job.state, job.sentence = State.FAILED, refusal.message[:500]
            job.is_transient = isinstance(refusal, SigningRefused) and refusal.is_transient
        except Exception:
            logger.exception("Signing job %s failed", job.pk)
            job.state, job.sentence, job.is_transient = State.FAILED, BROKEN, False
        job.save()
    if job.state == State.DONE and not job.issued_id:
        for waiting in SigningJob.objects.filter(
            dossier=job.dossier_id, issued__isnull=False, state__in=[State.WAITING, State.FAILED]
        ):
            carry_out(waiting.pk, clock=clock)
    return job.state


@transaction.atomic
def sign_again(*, job_id: UUID, by: User, at: datetime) -> SigningJob:
    """Ký lại a signature that failed. Raises Forbidden, Stale."""
    job = (
        SigningJob.objects.select_for_update(of=("self",))
        .select_related("dossier", "identity")
        .get(pk=job_id)
    )
    _require(job, by, at)
    if job.state == State.DONE:
        return job
    if job.state == State.DROPPED:
        raise Stale("Chữ ký này không còn cần nữa. Hãy tải lại trang.")
    job.state, job.sentence, job.attempts, job.asked_by, job.asked_at = State.WAITING, "", 0, by, at
    job.is_transient = False
    job.save()
    events.record(
        SigningAsked(
            subject_id=job.pk, actor_id=by.pk, at=at, dossier=job.dossier_id, signer=job.identity.holder_name
        )
    )
    return job


@transaction.atomic
def stop_waiting(*, job_id: UUID, by: User, at: datetime) -> SigningJob:
    """Thôi chờ điện thoại: the request is over; the signature may be asked for again. Raises Forbidden, Stale."""
    job = (
        SigningJob.objects.select_for_update(of=("self",))
        .select_related("dossier", "identity")
        .get(pk=job_id)
    )
    _require(job, by, at)
    if job.state != State.WAITING or not give_up(key=job.pk, at=at):
        raise Stale("Không còn yêu cầu nào chờ trên điện thoại. Hãy tải lại trang.")
    job.state, job.sentence, job.is_transient = State.FAILED, GIVEN_UP, False
    job.save(update_fields=["state", "sentence", "is_transient"])
    return job


@transaction.atomic
def go_without(*, job_id: UUID, by: User, at: datetime) -> SigningJob:
    """Phát hành không có chữ ký số này: the present way stands for it. The agency's: published as the file is.

    Raises Forbidden, Stale.
    """
    job = (
        SigningJob.objects.select_for_update(of=("self",))
        .select_related("dossier", "identity", "source__file", "issued__agency", "issued__dossier")
        .get(pk=job_id)
    )
    _require(job, by, at)
    if job.state == State.DONE:
        raise Stale("Tệp vừa được ký số xong. Hãy tải lại trang.")
    if Certification.objects.filter(composed=job.source_id).exists():
        raise Stale(
            "Bản sao chứng thực phải có đủ chữ ký số của người chứng thực và của cơ quan. Hãy ký lại."
        )
    give_up(key=job.pk, at=at)
    job.state, job.done_at = State.DROPPED, at
    job.save(update_fields=["state", "done_at"])
    if job.issued:
        _publish(job.issued, at, is_signed=False, content=None)
        tell_published(job.issued, actor_id=by.pk, at=at)
    else:
        waiting = SigningJob.objects.filter(dossier=job.dossier_id, issued__isnull=False, state=State.WAITING)
        for other in waiting.select_related("identity"):
            events.record(
                SigningAsked(
                    subject_id=other.pk,
                    actor_id=by.pk,
                    at=at,
                    dossier=job.dossier_id,
                    signer=other.identity.holder_name,
                )
            )
    return job


def _require(job: SigningJob, by: User, at: datetime) -> None:
    access = access_of(by, at)
    if not access.may(Permission.ISSUE, job.dossier.agency_id):
        access.require(Permission.SIGN, job.dossier.agency_id)


def _try(job: SigningJob, at: datetime) -> PhoneSaid | None:
    """All that follows from the signature, or nothing; what was heard from a phone stays written."""
    with transaction.atomic():
        try:
            _sign(job, at)
        except PhoneSaid as told:
            if job.issued and isinstance(told, AwaitingPhone):
                job.issued.save(update_fields=["payload"])  # the code that was drawn on what waits
            return told
    return None


def _sign(job: SigningJob, at: datetime) -> None:
    """The signature and all that follows from it, or nothing."""
    source, issued = job.source, job.issued
    if issued:
        leader = (
            SigningJob.objects.filter(source=source, issued=None)
            .exclude(state=State.DROPPED)
            .select_related("signed__file")
            .first()
        )
        if leader and leader.state != State.DONE:
            job.state, job.sentence = State.WAITING, LEADER_FIRST
            job.attempts -= 1
            return
        source = leader.signed if leader and leader.signed else source
    content = bytes_of(source)
    stamp = payload = None
    if issued:
        payload = issued.payload or payload_of(
            issued, content, at
        )  # what waits for a phone has been drawn already
        issued.payload, stamp = payload, _stamp(issued, payload, at)
    if job.identity.keeper == SigningIdentity.Keeper.REMOTE:
        signed = sign_remotely(
            content, identity=job.identity, key=job.pk, reason=_reason(job),
            words=f"{_reason(job)}, hồ sơ {job.dossier.code}", at=at, stamp=stamp,
        )  # fmt: skip
    else:
        signed = sign_pdf(content, identity=job.identity, reason=_reason(job), place="", at=at, stamp=stamp)
    kept = keep_signed(source, identity=job.identity, signed=signed, by=job.asked_by, at=at)
    job.signed, job.state, job.sentence, job.done_at = kept, State.DONE, "", at
    if issued:
        issued.document, issued.payload = kept, payload or ""
        _publish(issued, at, is_signed=True, content=signed.content)
        if issued.state != IssuedResult.State.REPLACED and not issued.is_certified_copy:
            Result.objects.filter(dossier=issued.dossier_id).update(document=kept)
    events.record(
        ResultFileSigned(
            subject_id=job.dossier_id,
            actor_id=job.asked_by_id,
            at=at,
            signer=job.identity.holder_name,
            document=kept.pk,
            is_agency=job.identity.is_agency,
        )
    )
    if issued:
        tell_published(issued, actor_id=job.asked_by_id, at=at)


def _publish(issued: IssuedResult, at: datetime, *, is_signed: bool, content: bytes | None) -> None:
    """Công bố cho chủ giấy tờ."""
    if not is_signed:
        issued.payload = payload_of(issued, content, at)
    issued.is_signed, issued.published_at = is_signed, issued.published_at or at
    issued.sha256 = issued.document.file.sha256 if issued.document else ""
    issued.save(update_fields=["document", "payload", "is_signed", "published_at", "sha256"])


def _stamp(issued: IssuedResult, payload: str, at: datetime) -> Stamp:
    """Dấu của cơ quan: who, when, the paper's id and where to check it. Legal: ND30-2020 Đ12"""
    address = address_of(issued, payload)
    return Stamp.with_code(
        (
            f"Ký bởi: {issued.agency.name}",
            f"Thời gian ký: {at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}",
            f"Số: {issued.number} ngày {issued.issued_on:%d/%m/%Y}",
            f"Mã giấy: {issued.paper_id}",
            f"Xác thực: {address.split('/X/')[0].lower()}/xac-thuc/",
        ),
        address,
    )


def _reason(job: SigningJob) -> str:
    if job.issued and job.issued.is_certified_copy:
        return f"Chứng thực bản sao số {job.issued.number}"
    return f"Phát hành kết quả số {job.issued.number}" if job.issued else "Ký kết quả giải quyết"
