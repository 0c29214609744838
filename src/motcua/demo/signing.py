"""Chữ ký số của tỉnh mẫu: an authority made on this machine, certificates for officers and agencies, a key for QR codes.

Everything lies in the folder of keys under `var/`, is good for nothing outside of the demo, and says so in its names.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from motcua.demo.province import Province
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency
from motcua.foundation.signing.local_ca import LocalCa
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.operations.keeping import register_identity
from motcua.service.results.operations.keys import open_issuer_key

OFFICERS = {"LEADER", "OFFICER", "CLERK"}


def equip(made: Province, at: datetime) -> None:
    """Cấp chứng thư from `at` on: what was signed before has the present way."""
    ca = LocalCa(settings.SIGNING_DIR, settings.SIGNING_SECRET, at, is_rsa=False)
    agencies = Agency.objects.in_bulk({agency_id for agency_id, _ in made.staff})
    for (agency_id, role), people in made.staff.items():
        if role in OFFICERS:
            for person in people:
                _officer(ca, person, agencies[agency_id], at)
    for agency in [
        made.root,
        made.centre,
        *made.departments.values(),
        *made.communes,
        *made.centres.values(),
    ]:
        file = f"agency-{agency.pk}.p12"
        register_identity(
            certificate=ca.issue(agency.name, file),
            chain=ca.chain,
            keeper=SigningIdentity.Keeper.FILE,
            key_name=file,
            agency=agency,
            by=None,
            at=at,
        )
    open_issuer_key(valid_from=at, by=None, at=at)


def _officer(ca: LocalCa, person: User, agency: Agency, at: datetime) -> None:
    file = f"officer-{person.username}.p12"
    register_identity(
        certificate=ca.issue(person.full_name, file, organisation=agency.name),
        chain=ca.chain,
        keeper=SigningIdentity.Keeper.FILE,
        key_name=file,
        user=person,
        agency=agency,
        by=None,
        at=at,
    )
