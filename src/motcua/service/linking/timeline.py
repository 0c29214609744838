"""Diễn biến của cả bộ hồ sơ: the ledgers of the bundle and of its dossiers as one line of time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from motcua.foundation.identity.models import User
from motcua.foundation.ledger.models import Line
from motcua.service.dossiers.tracking import PUBLIC_LABELS
from motcua.service.linking.models import Bundle

OF_BUNDLE = {
    "BundleFiled": "Đã tiếp nhận cả bộ hồ sơ",
    "OutputGiven": "Đã chuyển kết quả cho phần sau",
    "BranchStopped": "Có phần dừng vì phần trước không có kết quả",
    "BundleReturned": "Đã trả kết quả cả bộ",
}
OF_PART = {
    name: label for name, label in PUBLIC_LABELS.items() if name not in {"DossierReceived", "ResultReturned"}
}


def moments_of_bundle(bundle: Bundle) -> list[dict[str, Any]]:
    """Những việc đã làm, first to last, for the macro `time.timeline`; in two queries. Inner acts stay inside."""
    names = {part.dossier_id: part.dossier.revision.name for part in bundle.parts.all()}
    wanted = [*OF_BUNDLE, *OF_PART]
    lines = list(
        Line.objects.filter(subject_id__in=[bundle.pk, *names], name__in=wanted).order_by(
            "at", "subject_id", "number"
        )
    )
    people = dict(
        User.objects.filter(pk__in={line.actor_id for line in lines}).values_list("pk", "full_name")
    )
    return [
        {
            "state": "done",
            "what": OF_BUNDLE.get(line.name) or OF_PART[line.name],
            "by": people.get(line.actor_id, "") if line.actor_id else "Hệ thống",
            "at": line.at,
            "note": names.get(line.subject_id, "") or _note(line, names),
        }
        for line in lines
    ]


def _note(line: Line, names: dict[UUID, str]) -> str:
    payload = line.payload
    if line.name == "OutputGiven":
        return f"{payload['output']} số {payload['number']} → {names.get(UUID(payload['target']), '')}"
    return str(payload.get("reason") or "")
