"""Ký số từ xa: asked once on the phone, looked after until it is answered, refused, over or given up; never two at a time.

A request that ends without a signature is written and then told of by `PhoneSaid`: whoever hears it rolls nothing back.
Who can hold a lock while a service is asked uses `sign_remotely`; who cannot sends, looks (which writes nothing) and ends.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from motcua.core.time import VIETNAM
from motcua.foundation.signing import deferred, remote
from motcua.foundation.signing.holders import Holder
from motcua.foundation.signing.making import SignedPdf, placed, refuse_unusable
from motcua.foundation.signing.models import RemoteSignature, SigningIdentity
from motcua.foundation.signing.refusals import (
    AwaitingPhone,
    PhoneSaid,
    PhoneTooLate,
    RefusedOnPhone,
    SignerUnavailable,
    SigningRefused,
    WrongSignature,
)
from motcua.foundation.signing.remote import RemoteKey
from motcua.foundation.signing.stamping import Stamp

PATIENCE = timedelta(minutes=10)  # how long a request stays on the phone
GRACE = timedelta(
    minutes=10
)  # how long a silent service is asked afterwards: it may have had an answer in time
AGAIN = "Hãy bấm Ký lại để gửi yêu cầu mới."
ALONE = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 2026))"
State = RemoteSignature.State


def sign_remotely(
    content: bytes,
    *,
    identity: SigningIdentity,
    key: UUID,
    reason: str,
    words: str,
    at: datetime,
    stamp: Stamp | None = None,
) -> SignedPdf:
    """Ký từ xa cho việc `key`, by an officer or agency: sends the request, or looks what has become of the one that waits.

    The caller holds a lock on its act. Raises PhoneSaid, SigningRefused.
    """
    waiting = _locked(key)
    if waiting is None:
        sent = send(
            content, key=key, at_service=RemoteKey("", identity.key_name), holder=identity.holder, reason=reason,
            words=words, at=at, stamp=stamp, identity=identity,
        )  # fmt: skip
        raise AwaitingPhone(_awaiting(sent))
    try:
        signed = look(waiting, at=at)
    except PhoneSaid as told:
        if told.state:
            _end(waiting, told.state, at, told.message)
        raise
    _end(waiting, State.SIGNED, at)
    return signed


def send(
    content: bytes,
    *,
    key: UUID,
    at_service: RemoteKey,
    holder: Holder,
    reason: str,
    words: str,
    at: datetime,
    stamp: Stamp | None = None,
    identity: SigningIdentity | None = None,
) -> RemoteSignature:
    """Gửi yêu cầu ký lên điện thoại. `words` are what its holder reads there: they must tell one act from another.

    The caller holds a lock on its act, for which nothing waits. Raises SigningRefused.
    """
    spec, shown, is_empty = placed(content, holder=holder, at=at, stamp=stamp)
    prepared = deferred.prepare(content, holder=holder, spec=spec, stamp=shown, reason=reason, at=at)
    try:
        sent = remote.service().ask(key=at_service, digest=prepared.digest, words=words)
    except remote.Declined:
        raise SignerUnavailable("Dịch vụ ký số từ xa không nhận yêu cầu. Hãy báo người quản trị.") from None
    return RemoteSignature.objects.create(
        key=key, identity=identity, provider=at_service.provider, credential=at_service.credential,
        certificate=holder.certificate, chain=holder.chain, transaction=sent, prepared=prepared.content,
        attributes=prepared.attributes, document_digest=prepared.document_digest, region_start=prepared.region_start,
        region_end=prepared.region_end, covers_nothing=is_empty, asked_at=at, until=at + PATIENCE,
    )  # fmt: skip


def look(waiting: RemoteSignature, *, at: datetime) -> SignedPdf:
    """Điện thoại nói gì: the signed file, or a refusal. Writes nothing, and may be asked again.

    Raises PhoneSaid, SigningRefused.
    """
    prepared = deferred.Prepared(
        bytes(waiting.prepared), bytes(waiting.document_digest), waiting.region_start, waiting.region_end,
        bytes(waiting.attributes),
    )  # fmt: skip
    holder = waiting.holder
    refuse_unusable(holder, at)
    try:
        signature = remote.service().answer(
            key=waiting.remote_key, transaction=waiting.transaction, digest=prepared.digest
        )
    except remote.Declined:
        raise RefusedOnPhone(f"{holder.name} đã từ chối ký trên điện thoại. {AGAIN}") from None
    except SignerUnavailable:
        if at < waiting.until + GRACE:
            raise
        raise PhoneTooLate(
            f"Dịch vụ ký số từ xa không trả lời cho đến hết giờ, nên không biết {holder.name} đã xác nhận chưa. {AGAIN}"
        ) from None
    if signature is None and at >= waiting.until:
        raise PhoneTooLate(f"{holder.name} chưa xác nhận trên điện thoại trong thời gian chờ. {AGAIN}")
    if signature is None:
        raise AwaitingPhone(_awaiting(waiting))
    if not deferred.fits(prepared, signature, holder):
        raise WrongSignature(
            f"Chữ ký dịch vụ gửi về không khớp tệp và chứng thư của {holder.name} nên không dùng. "
            "Hãy báo người quản trị."
        )
    content, level = deferred.finish(prepared, signature, holder=holder, at=at)
    return SignedPdf(content, level, waiting.covers_nothing)


def is_alone_with(request: UUID) -> bool:
    """Chỉ một người hỏi: False when another transaction looks after this request; else nobody does until ours ends.

    A service may give a signature away once: two who fetch it would each believe the other was refused.
    """
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [f"remote-signature:{request}"])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def end(*, key: UUID, request: UUID, state: str, at: datetime, said: str = "") -> bool:
    """Xong lượt này, whichever way. False when somebody else has ended it: their answer stands."""
    waiting = _locked(key)
    if waiting is None or waiting.pk != request:
        return False
    _end(waiting, state, at, said)
    return True


@transaction.atomic
def give_up(*, key: UUID, at: datetime, said: str = "") -> bool:
    """Thôi chờ: what is said on the phone afterwards counts no more. False when nothing waited."""
    waiting = _locked(key)
    if waiting is None:
        return False
    _end(waiting, State.GIVEN_UP, at, said)
    return True


def waiting_for(keys: Sequence[UUID]) -> dict[UUID, RemoteSignature]:
    """Những lượt đang chờ of these acts."""
    found = RemoteSignature.objects.filter(key__in=keys, state=State.WAITING)
    return {one.key: one for one in found.select_related("identity__agency")}


def latest_of(key: UUID) -> RemoteSignature | None:
    """Lượt sau cùng của một việc."""
    found = RemoteSignature.objects.filter(key=key).defer("prepared")
    return found.order_by("asked_at", "pk").last()


def _locked(key: UUID) -> RemoteSignature | None:
    return (
        RemoteSignature.objects.select_for_update(of=("self",))
        .select_related("identity__agency")
        .filter(key=key, state=State.WAITING)
        .first()
    )


def _end(waiting: RemoteSignature, state: str, at: datetime, said: str = "") -> None:
    waiting.state, waiting.ended_at, waiting.prepared, waiting.said = state, at, b"", said[:500]
    waiting.save(update_fields=["state", "ended_at", "prepared", "said"])
    if state in {State.GIVEN_UP, State.EXPIRED}:
        with contextlib.suppress(SigningRefused):  # it is over for us, whether the service hears of it or not
            remote.service().cancel(key=waiting.remote_key, transaction=waiting.transaction)


def _awaiting(waiting: RemoteSignature) -> str:
    until = waiting.until.astimezone(VIETNAM)
    return f"Chờ {waiting.holder.name} xác nhận trên điện thoại trước {until:%H:%M}."
