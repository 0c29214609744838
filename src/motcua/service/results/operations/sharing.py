"""Chia sẻ kết quả: a link that ends by itself; whoever has it reads the paper as it stands, and the holder hears of it.

The link bears its own proof and lies nowhere in the database, so that nobody who reads the database can open a paper.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput, Stale
from motcua.core.text import tidy
from motcua.foundation.identity.models import Applicant
from motcua.service.results.events import ResultShared, ShareEnded, ShareOpened
from motcua.service.results.holding import result_of
from motcua.service.results.models import ResultShare, ShareOpening

SALT = "motcua.results.share"
DAYS = (1, 7, 30)  # what the holder may choose from
MOST_OPEN = 20
SAME_VISIT = timedelta(minutes=10)  # reloading a page is no further visit
GONE = "Đường dẫn này đã hết hạn hoặc người chia sẻ đã thôi chia sẻ. Hãy hỏi lại người gửi cho bạn."


class ShareGone(DomainError):
    """Hết chia sẻ."""


@transaction.atomic
def share_result(
    *,
    share_id: UUID,
    issued_id: UUID,
    holder: Applicant,
    to_whom: str,
    days: int,
    account_id: UUID,
    at: datetime,
) -> ResultShare:
    """Chia sẻ kết quả; the same `share_id` again is the same share. Raises NoSuchResult, InvalidInput, Stale."""
    issued = result_of(holder, issued_id, is_locked=True)
    if known := ResultShare.objects.filter(pk=share_id, issued=issued).first():
        return known
    wrong = {}
    if not tidy(to_whom):
        wrong["to_whom"] = "Hãy ghi bạn chia sẻ cho ai, để sau này nhớ."
    if days not in DAYS:
        wrong["days"] = "Hãy chọn chia sẻ trong bao lâu."
    if wrong:
        raise InvalidInput(wrong)
    if issued.published_at is None:
        raise Stale("Kết quả đang được ký số, chưa chia sẻ được. Hãy thử lại sau ít phút.")
    if ResultShare.objects.open_at(at).filter(issued=issued).count() >= MOST_OPEN:
        raise Stale(f"Giấy này đang có {MOST_OPEN} đường dẫn chia sẻ. Hãy thôi bớt trước.")
    share = ResultShare.objects.create(
        id=share_id, issued=issued, to_whom=tidy(to_whom)[:200], made_by=account_id, made_at=at,
        until=at + timedelta(days=days),
    )  # fmt: skip
    events.record(
        ResultShared(
            subject_id=share.pk, actor_id=account_id, at=at, issued=issued.pk, to_whom=share.to_whom, until=share.until
        )
    )  # fmt: skip
    return share


@transaction.atomic
def end_share(*, share_id: UUID, holder: Applicant, account_id: UUID, at: datetime) -> ResultShare:
    """Thôi chia sẻ: the link opens nothing from now on. Raises ShareGone."""
    shares = ResultShare.objects.select_for_update(of=("self",)).filter(issued__holder=holder)
    share = shares.filter(pk=share_id).first()
    if share is None:
        raise ShareGone("Không có lần chia sẻ này.")
    if share.is_open_at(at):
        share.ended_at = at
        share.save(update_fields=["ended_at"])
        events.record(ShareEnded(subject_id=share.pk, actor_id=account_id, at=at))
    return share


@transaction.atomic
def open_share(token: str, *, at: datetime) -> ResultShare:
    """Mở kết quả được chia sẻ: written down and told to the holder, once for one visit. Raises ShareGone."""
    share = shared_by(token, at=at)
    ResultShare.objects.select_for_update(of=("self",)).get(pk=share.pk)
    if not share.openings.filter(at__gt=at - SAME_VISIT).exists():
        ShareOpening.objects.create(share=share, at=at)
        events.record(ShareOpened(subject_id=share.pk, actor_id=None, at=at))
    return share


def shared_by(token: str, *, at: datetime) -> ResultShare:
    """What a link leads to, before it is opened. Raises ShareGone, for a wrong link and an old one alike."""
    try:
        key = UUID(signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        raise ShareGone(GONE) from None
    found = ResultShare.objects.select_related(
        "issued__agency", "issued__dossier", "issued__document__file", "issued__replaced_by"
    )
    share = found.filter(pk=key).first()
    if share is None or not share.is_open_at(at):
        raise ShareGone(GONE)
    return share


def token_of(share: ResultShare) -> str:
    """The last part of the link."""
    return signing.Signer(salt=SALT).sign(share.pk.hex)
