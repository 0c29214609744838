"""Ký số từ xa: asked once on the phone, looked after until it is answered, refused, over or given up; never two at a time.

A request that ends without a signature is written and then told of by `PhoneSaid`: whoever hears it rolls nothing back.
"""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from motcua.core.time import VIETNAM
from motcua.foundation.signing import deferred, remote
from motcua.foundation.signing.making import SignedPdf, placed, refuse_unusable
from motcua.foundation.signing.models import RemoteSignature, SigningIdentity
from motcua.foundation.signing.refusals import (
    AwaitingPhone,
    RefusedOnPhone,
    SignerUnavailable,
    SigningRefused,
    WrongSignature,
)
from motcua.foundation.signing.stamping import Stamp

PATIENCE = timedelta(minutes=10)  # how long a request stays on the phone
AGAIN = "Hãy bấm Ký lại để gửi yêu cầu mới."
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
    """Ký từ xa cho việc `key`: sends the request, or looks what has become of the one that waits.

    `words` are what its holder reads on the phone: they must tell one act from another.
    The caller holds a lock on its act. Raises PhoneSaid, SigningRefused.
    """
    waiting = RemoteSignature.objects.select_for_update().filter(key=key, state=State.WAITING).first()
    if waiting is None:
        spec, shown, is_empty = placed(content, identity=identity, at=at, stamp=stamp)
        prepared = deferred.prepare(content, identity=identity, spec=spec, stamp=shown, reason=reason, at=at)
        try:
            sent = remote.service().ask(credential=identity.key_name, digest=prepared.digest, words=words)
        except remote.Declined:
            raise SignerUnavailable(
                "Dịch vụ ký số từ xa không nhận yêu cầu. Hãy báo người quản trị."
            ) from None
        waiting = RemoteSignature.objects.create(
            key=key, identity=identity, transaction=sent, prepared=prepared.content, attributes=prepared.attributes,
            document_digest=prepared.document_digest, region_start=prepared.region_start,
            region_end=prepared.region_end, covers_nothing=is_empty, asked_at=at, until=at + PATIENCE,
        )  # fmt: skip
        raise AwaitingPhone(_awaiting(waiting))
    return _answered(waiting, identity, at)


@transaction.atomic
def give_up(*, key: UUID, at: datetime) -> bool:
    """Thôi chờ: what is said on the phone afterwards counts no more. False when nothing waited."""
    waiting = RemoteSignature.objects.select_for_update().filter(key=key, state=State.WAITING).first()
    if waiting is None:
        return False
    _end(waiting, State.GIVEN_UP, at)
    with contextlib.suppress(SigningRefused):  # it is over for us, whether the service hears of it or not
        remote.service().cancel(transaction=waiting.transaction)
    return True


def waiting_for(keys: list[UUID]) -> dict[UUID, RemoteSignature]:
    """Những lượt đang chờ of these acts."""
    found = RemoteSignature.objects.filter(key__in=keys, state=State.WAITING).defer("prepared")
    return {one.key: one for one in found}


def _answered(waiting: RemoteSignature, identity: SigningIdentity, at: datetime) -> SignedPdf:
    prepared = deferred.Prepared(
        bytes(waiting.prepared), bytes(waiting.document_digest), waiting.region_start, waiting.region_end,
        bytes(waiting.attributes),
    )  # fmt: skip
    who = identity.holder_name
    if at >= waiting.until:
        _end(waiting, State.EXPIRED, at)
        with contextlib.suppress(SigningRefused):
            remote.service().cancel(transaction=waiting.transaction)
        raise RefusedOnPhone(f"{who} chưa xác nhận trên điện thoại trong thời gian chờ. {AGAIN}")
    refuse_unusable(identity, at)
    try:
        signature = remote.service().answer(
            credential=identity.key_name, transaction=waiting.transaction, digest=prepared.digest
        )
    except remote.Declined:
        _end(waiting, State.REFUSED, at)
        raise RefusedOnPhone(f"{who} đã từ chối ký trên điện thoại. {AGAIN}") from None
    if signature is None:
        raise AwaitingPhone(_awaiting(waiting))
    if not deferred.fits(prepared, signature, identity):
        _end(waiting, State.WRONG, at)
        raise WrongSignature(
            f"Chữ ký dịch vụ gửi về không khớp tệp và chứng thư của {who} nên không dùng. Hãy báo người quản trị."
        )
    content, level = deferred.finish(prepared, signature, identity=identity, at=at)
    covers_nothing = waiting.covers_nothing
    _end(waiting, State.SIGNED, at)
    return SignedPdf(content, level, covers_nothing)


def _end(waiting: RemoteSignature, state: str, at: datetime) -> None:
    waiting.state, waiting.ended_at, waiting.prepared = state, at, b""
    waiting.save(update_fields=["state", "ended_at", "prepared"])


def _awaiting(waiting: RemoteSignature) -> str:
    until = waiting.until.astimezone(VIETNAM)
    return f"Chờ {waiting.identity.holder_name} xác nhận trên điện thoại trước {until:%H:%M}."
