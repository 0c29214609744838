"""Chọn đơn vị bưu chính: at the counter or later, before there is a result; the last choice counts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from motcua.core import events
from motcua.core.errors import DomainError, InvalidInput
from motcua.core.money import vnd
from motcua.core.text import tidy
from motcua.core.time import local_date
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.models import User
from motcua.foundation.identity.permissions import Permission
from motcua.service.dossiers.models import Channel, Dossier
from motcua.service.dossiers.states import CLOSED
from motcua.service.postal.events import PostChosen
from motcua.service.postal.models import LONGEST_PLACE, Carrier, PostalChoice, Shipment, Wish
from motcua.service.postal.possible import UNDER_WAY
from motcua.service.postal.states import Direction

NOT_BY_POST = "Hồ sơ này không nhận kết quả qua bưu chính. Hãy đổi cách nhận kết quả trước."
OVER = "Hồ sơ đã kết thúc, không còn kết quả nào phải gửi."


@transaction.atomic
def choose_post(
    *, dossier_id: UUID, wish: Wish, at: datetime, by: User | None = None, account_id: UUID | None = None
) -> PostalChoice:
    """Ghi lựa chọn bưu chính; the same again changes nothing.

    `by` None: its owner chooses it on the portal, who has been let in there. Raises Forbidden, InvalidInput, DomainError.
    """
    dossier = Dossier.objects.lock(dossier_id)
    if by is not None:
        access_of(by, at).require(Permission.RECEIVE, dossier.reception_agency_id)
    if refusal := why_not_choose(dossier):
        raise DomainError(refusal)
    if not tidy(wish.address):
        raise InvalidInput({"return_address": "Hãy ghi địa chỉ để bưu tá giao."})
    if not Carrier.objects.valid_on(local_date(at)).filter(pk=wish.carrier.pk, is_on=True).exists():
        raise DomainError("Đơn vị bưu chính này không còn dùng. Hãy chọn đơn vị khác.", field="carrier")
    terms = {
        "address": tidy(wish.address)[:LONGEST_PLACE], "province_code": wish.province_code,
        "ward_code": wish.ward_code, "carrier_id": wish.carrier.pk, "postage": wish.postage,
    }  # fmt: skip
    known = PostalChoice.objects.filter(dossier=dossier).first()
    if known and all(getattr(known, name) == value for name, value in terms.items()):
        return known
    who = {"chosen_at": at, "chosen_by": by, "account_id": account_id}
    choice, _ = PostalChoice.objects.update_or_create(dossier=dossier, defaults={**terms, **who})
    events.record(
        PostChosen(
            subject_id=dossier.pk, actor_id=by.pk if by else account_id, at=at, carrier=wish.carrier.pk,
            note=f"{wish.carrier.name}, cước đã báo {vnd(wish.postage)}.", is_changed=known is not None,
        )
    )  # fmt: skip
    return choice


def why_not_choose(dossier: Dossier) -> str:
    """Vì sao lúc này không chọn được; "": it may be chosen."""
    if dossier.return_channel != Channel.POST:
        return NOT_BY_POST
    if dossier.state in CLOSED:
        return OVER
    live = Shipment.objects.live().filter(dossier=dossier, direction=Direction.RETURN)
    return UNDER_WAY if live.exists() else ""
