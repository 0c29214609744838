"""Báo người giữ giấy, in the transaction of the act: revoked, read through a shared link, printed, asked to be mended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from motcua.core.events import Event
from motcua.core.money import vnd
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.telling import moment, tell_owner
from motcua.service.results.events import CorrectionAnswered, ResultRevoked, ShareOpened
from motcua.service.results.models import CopyOrder, IssuedResult, ResultShare


def tell_of_revocation(event: Event) -> None:
    """Kết quả bị thu hồi: why, by which decision, and whom to ask."""
    assert isinstance(event, ResultRevoked)  # noqa: S101  said in config/subscriptions.py
    dossier = _named(event.subject_id)
    is_copy = IssuedResult.objects.get(paper_id=event.paper_id).is_certified_copy
    what = "Bản sao chứng thực" if is_copy else "Kết quả"
    tell_owner(
        dossier,
        kind="REVOKED_RESULT",
        title=f"{what} hồ sơ {dossier.code} đã bị thu hồi",
        text=(
            f"{what} {event.paper_id} của hồ sơ {dossier.code} ({dossier.matter}) đã bị {dossier.agency.name} thu hồi "
            f"theo quyết định số {event.decision_number}. Lý do: {event.reason}. "
            f"Cần hỏi, hãy liên hệ {dossier.reception_agency.name}."
        ),
        by=User.objects.filter(pk=event.actor_id).first() if event.actor_id else None,
        at=event.at,
    )


def tell_of_opening(event: Event) -> None:
    """Kết quả được chia sẻ vừa có người mở: which paper, to whom it was shared, how to end it."""
    assert isinstance(event, ShareOpened)  # noqa: S101  said in config/subscriptions.py
    share = ResultShare.objects.select_related("issued").get(pk=event.subject_id)
    dossier = _named(share.issued.dossier_id)
    tell_owner(
        dossier,
        kind="SHARE_OPENED",
        title=f"Có người vừa mở kết quả {share.issued.paper_id} bạn chia sẻ",
        text=(
            f"Kết quả {share.issued.paper_id} của hồ sơ {dossier.code} vừa được mở lúc {moment(event.at)} bằng đường dẫn "
            "bạn đã chia sẻ. Nếu không đúng ý bạn, hãy vào “Kết quả của tôi” để thôi chia sẻ."
        ),
        by=None,
        at=event.at,
    )


def tell_of_ready_copy(order: CopyOrder, *, by: User, at: datetime) -> None:
    """Bản giấy đã in: come and fetch it, or it goes by post."""
    dossier = _named(order.issued.dossier_id)
    then = (
        _by_post(order)
        if order.way == CopyOrder.Way.POST
        else f"Mời bạn đến {dossier.reception_agency.name} nhận, mang theo giấy tờ tùy thân."
    )
    tell_owner(
        dossier,
        kind="COPY_READY",
        title=f"Bản giấy của kết quả hồ sơ {dossier.code} đã in",
        text=f"Bản giấy của kết quả {order.issued.paper_id}, hồ sơ {dossier.code} ({dossier.matter}), đã in. {then}",
        by=by,
        at=at,
    )


def tell_of_ended_copy(order: CopyOrder, *, promised: str, by: User, at: datetime) -> None:
    """Không lập được bản giấy: why, and what comes back."""
    dossier = _named(order.issued.dossier_id)
    tell_owner(
        dossier,
        kind="COPY_ENDED",
        title=f"Không lập được bản giấy của kết quả hồ sơ {dossier.code}",
        text=f"{order.agency.name} không lập được bản giấy bạn đã đặt của kết quả {order.issued.paper_id}, "
        f"hồ sơ {dossier.code}. Lý do: {order.ended_because}. {promised}".strip(),
        by=by,
        at=at,
    )


def tell_of_answer(event: Event) -> None:
    """Cơ quan trả lời đề nghị đính chính; what is accepted is told by the correction itself, once."""
    assert isinstance(event, CorrectionAnswered)  # noqa: S101  said in config/subscriptions.py
    if event.is_accepted:
        return
    dossier = _named(event.subject_id)
    tell_owner(
        dossier,
        kind="CORRECTION_ANSWER",
        title=f"Trả lời đề nghị đính chính kết quả hồ sơ {dossier.code}",
        text=(
            f"{dossier.agency.name} đã xem đề nghị đính chính kết quả {event.paper_id} của hồ sơ {dossier.code} "
            f"và trả lời: {event.answer} Chưa đồng ý, bạn có thể nhắn lại ở trang hồ sơ hoặc hỏi "
            f"{dossier.reception_agency.name}."
        ),
        by=User.objects.filter(pk=event.actor_id).first() if event.actor_id else None,
        at=event.at,
    )


def _by_post(order: CopyOrder) -> str:
    if order.parcel is None:
        return "Một cửa sẽ gửi bưu chính cho bạn."
    parcel = order.parcel
    return f"{parcel.carrier.name} giao cho bạn, mã {parcel.code}; bạn trả bưu tá {vnd(parcel.price)} cước khi nhận."


def _named(dossier_id: UUID) -> Dossier:
    return Dossier.objects.select_related("applicant", "agency", "reception_agency").get(pk=dossier_id)
