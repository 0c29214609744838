"""Báo về ủy quyền: both people hear of it when it is given and when it ends, not only when it is used."""

from __future__ import annotations

from motcua.core.events import Event
from motcua.foundation.identity.events import MandateGiven, MandateRevoked
from motcua.foundation.identity.models import Mandate, User
from motcua.foundation.notices.operations.telling import Addressee, tell


def tell_of_mandate(event: Event) -> None:
    """Ủy quyền vừa lập: who gave it, who holds it. Legal: ND118-2025 Đ15"""
    assert isinstance(event, MandateGiven)  # noqa: S101
    mandate = Mandate.objects.select_related("principal", "agent").get(pk=event.mandate)
    until = (
        f"từ {mandate.valid_from:%d/%m/%Y} đến hết {mandate.valid_to:%d/%m/%Y}, cho: {mandate.scope_in_words}"
    )
    _tell_both(
        mandate,
        event,
        "MANDATE_GIVEN",
        f"Ủy quyền {mandate.code} đã được ghi nhận",
        of_principal=f"Bạn vừa ủy quyền cho {mandate.agent.name} làm thủ tục thay bạn {until}. Số ghi nhận {mandate.code}. "
        "Nếu bạn không biết việc này, hãy thu hồi tại Cổng hoặc báo ngay Bộ phận Một cửa.",
        of_agent=f"{mandate.principal.name} vừa ủy quyền cho bạn làm thủ tục {until}. Số ghi nhận {mandate.code}. "
        "Nếu không nhận, bạn có thể từ bỏ tại Cổng hoặc tại Bộ phận Một cửa.",
    )


def tell_of_revocation(event: Event) -> None:
    """Ủy quyền vừa chấm dứt."""
    assert isinstance(event, MandateRevoked)  # noqa: S101
    mandate = Mandate.objects.select_related("principal", "agent").get(pk=event.mandate)
    words = f"Ủy quyền {mandate.code} của {mandate.principal.name} cho {mandate.agent.name} đã chấm dứt: {event.reason}"
    _tell_both(
        mandate,
        event,
        "MANDATE_REVOKED",
        f"Ủy quyền {mandate.code} đã chấm dứt",
        of_principal=words,
        of_agent=words,
    )


def _tell_both(
    mandate: Mandate, event: Event, kind: str, title: str, *, of_principal: str, of_agent: str
) -> None:
    by = User.objects.filter(pk=event.actor_id).first() if event.actor_id else None
    for person, text in ((mandate.principal, of_principal), (mandate.agent, of_agent)):
        to = Addressee(person.name, person.email, person.phone, person.pk)
        tell(
            subject_id=mandate.pk,
            code=mandate.code,
            kind=kind,
            to=to,
            title=title,
            text=text,
            by=by,
            at=event.at,
            is_tracked=False,
        )
