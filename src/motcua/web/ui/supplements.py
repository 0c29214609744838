"""Phiếu bổ sung trên trang: the verdict on every component, read for its shape; the same at the desk and at the counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.core.errors import DomainError
from motcua.foundation.identity.models import User
from motcua.service.dossiers.models import Dossier, Part, Supplement, SupplementItem
from motcua.service.dossiers.operations.supplementing import ItemIn, refuse_untimely
from motcua.service.holdings.models import HeldPaper
from motcua.web.ui.forms import Form, Reader
from motcua.web.ui.held import ASKING, held_of, read_why

BLANK_ROWS = 3  # for what the dossier has no component for
VERDICTS = [(verdict.value, verdict.label) for verdict in SupplementItem.Verdict]


@dataclass(frozen=True)
class Judged:
    """Một thành phần trên phiếu: its own fields and what was typed in them."""

    part: Part
    verdict: str
    instruction: str
    error: str
    held: HeldPaper | None = None


def supplement_choices(dossier: Dossier, form: Form, user: User, at: datetime) -> dict[str, Any]:
    """What the fields of a request show; `too_late` says why it may not be sent any more, before anything is typed."""
    parts = list(dossier.parts.order_by("position"))
    held = held_of(dossier, {part.name for part in parts}, at)
    return {
        "reasons": ASKING,
        "judged": [
            Judged(
                part,
                str(form.value(f"verdict-{part.pk}")),
                str(form.value(f"instruction-{part.pk}")),
                form.error(f"verdict-{part.pk}") or form.error(f"instruction-{part.pk}"),
                held.get(part.name),
            )
            for part in parts
        ],
        "verdicts": VERDICTS,
        "extras": range(1, BLANK_ROWS + 1),
        "contact_name": user.full_name,
        "contact_phone": dossier.agency.phone,
        "too_late": untimely(dossier, at),
    }


def untimely(dossier: Dossier, at: datetime) -> str:
    """Vì sao không còn yêu cầu bổ sung được; "" while it may be asked."""
    try:
        refuse_untimely(dossier, at)
    except DomainError as refusal:
        return refusal.message
    return ""


def read_items(reader: Reader, dossier: Dossier) -> list[ItemIn]:
    """The verdicts as they were ticked, then the rows that were filled in."""
    items = [
        ItemIn(
            verdict=reader.choice(f"verdict-{part.pk}", SupplementItem.Verdict.values),
            instruction=reader.text(f"instruction-{part.pk}", longest=500),
            part_id=part.pk,
            demand=read_why(reader, part.pk),
        )
        for part in dossier.parts.order_by("position")
    ]
    for row in range(1, BLANK_ROWS + 1):
        name = reader.text(f"extra-name-{row}", longest=500)
        instruction = reader.text(f"extra-instruction-{row}", longest=500)
        if name and not instruction:
            reader.refuse(f"extra-instruction-{row}", f"Hãy hướng dẫn người nộp làm gì với “{name}”.")
        if instruction and not name:
            reader.refuse(f"extra-name-{row}", "Hãy ghi tên giấy tờ hoặc nội dung cần bổ sung.")
        if name or instruction:
            items.append(
                ItemIn(
                    verdict=SupplementItem.Verdict.ADD,
                    name=name,
                    instruction=instruction,
                    demand=read_why(reader, f"extra-{row}"),
                )
            )
    return items


def supplements_of(dossier: Dossier) -> list[Supplement]:
    """Các lần yêu cầu bổ sung of a dossier with what was asked, the latest first."""
    if dossier.is_interrupted is False:
        return []
    found = dossier.supplements.select_related("asked_by", "completed_by").prefetch_related("items")
    return list(found.order_by("-asked_at"))
