"""Báo chứng thư số sắp hết hạn: to the officer, or to the agency whose seal it is; once at each distance."""

from __future__ import annotations

from datetime import datetime

from motcua.core.time import local_date
from motcua.foundation.notices.models import Notice
from motcua.foundation.notices.operations.telling import Addressee, tell
from motcua.foundation.signing.models import SigningIdentity

DAYS_AHEAD = (
    60,
    30,
    7,
)  # the software's starting values: when a new certificate is asked for, and when it is urgent
KIND = "CERTIFICATE_ENDS"


def warn_of_endings(at: datetime) -> int:
    """Báo trước khi hết hạn, unless a later certificate of the same holder is there; returns how many were told of."""
    told = 0
    for identity in SigningIdentity.objects.ending_within(at, max(DAYS_AHEAD)).select_related(
        "user", "agency"
    ):
        left = (local_date(identity.valid_to) - local_date(at)).days
        distance = min(days for days in DAYS_AHEAD if left <= days)
        code = f"CTS-{identity.serial[-8:].upper()}-{distance}"
        if Notice.objects.filter(subject_id=identity.pk, code=code).exists():
            continue
        tell(
            subject_id=identity.pk,
            code=code,
            kind=KIND,
            to=_addressee(identity),
            title=f"Chứng thư số của {identity.holder_name} còn {left} ngày",
            text=(
                f"{code}: chứng thư số của {identity.holder_name} (số {identity.serial}) hết hạn ngày "
                f"{local_date(identity.valid_to):%d/%m/%Y}, còn {left} ngày. Sau ngày đó không ký số được. Hãy xin gia hạn "
                "ở nơi cấp rồi báo quản trị đăng ký chứng thư mới."
            ),
            by=None,
            at=at,
            is_tracked=False,
            agency_id=identity.agency_id,
        )
        told += 1
    return told


def _addressee(identity: SigningIdentity) -> Addressee:
    whose = identity.user or identity.agency
    name = identity.user.full_name if identity.user else identity.holder_name
    return Addressee(name, whose.email if whose else "", whose.phone if whose else "")
