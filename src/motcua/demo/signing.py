"""Chữ ký số của tỉnh mẫu: an authority made on this machine, certificates for officers and agencies, a key for QR codes.

Everything lies in the folder of keys under `var/`, is good for nothing outside of the demo, and says so in its names.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from motcua.demo.province import Province
from motcua.foundation.citizens.claims import Dialect
from motcua.foundation.identity.models import User
from motcua.foundation.org.models import Agency
from motcua.foundation.signing import trust
from motcua.foundation.signing.aside import aside
from motcua.foundation.signing.local_ca import LocalCa
from motcua.foundation.signing.models import SigningIdentity
from motcua.foundation.signing.operations.keeping import register_identity
from motcua.integrations.sign_in.simulator.people import person_named
from motcua.service.results.operations.keys import open_issuer_key

OFFICERS = {"LEADER", "OFFICER", "CLERK"}
CITIZENS = ("an", "binh")  # of the sign-in simulator, who have a certificate of their own
FOLDER, PASSPHRASE = "cong-dan", "minh-hoa"


def equip(made: Province, at: datetime) -> None:
    """Cấp chứng thư from `at` on: what was signed before has the present way."""
    phone_signer = made.people(made.communes[-1], "LEADER")[0]  # signs by the remote service, to show its way
    ca = LocalCa(settings.SIGNING_DIR, settings.SIGNING_SECRET, at, is_rsa=False)
    agencies = Agency.objects.in_bulk({agency_id for agency_id, _ in made.staff})
    for (agency_id, role), people in made.staff.items():
        if role in OFFICERS:
            for person in people:
                _officer(ca, person, agencies[agency_id], at, by_phone=person == phone_signer)
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
    equip_citizens(ca)
    open_issuer_key(valid_from=at, by=None, at=at)


def _officer(ca: LocalCa, person: User, agency: Agency, at: datetime, *, by_phone: bool) -> None:
    file = f"officer-{person.username}.p12"
    register_identity(
        certificate=ca.issue(person.full_name, file, organisation=agency.name),
        chain=ca.chain,
        keeper=SigningIdentity.Keeper.REMOTE if by_phone else SigningIdentity.Keeper.FILE,
        key_name=file,
        user=person,
        agency=agency,
        by=None,
        at=at,
    )


def equip_citizens(ca: LocalCa) -> None:
    """Chứng thư của công dân mẫu: a file that they hold themselves; and two keys with the simulated provider, one over."""
    (ca.folder / FOLDER).mkdir(exist_ok=True, mode=0o750)
    for key in CITIZENS:
        person = person_named(Dialect.VNEID, key)
        if person is not None:
            number = f"CCCD:{person.claims['SoDinhDanh']}"
            ca.issue(person.name, f"{FOLDER}/{key}.p12", number=number, secret=PASSPHRASE)
            held = f"citizen-{person.claims['SoDinhDanh']}"
            ca.issue(person.name, f"{held}-1.p12", number=number)
            ca.issue(person.name, f"{held}-cu.p12", number=number, valid_for=timedelta(minutes=1))


def sign_as_citizen(content: bytes, *, key: str, at: datetime) -> bytes:
    """Ký như phần mềm của công dân mẫu: the file goes on, a signature after it. Raises OSError when they have none."""
    held = (Path(settings.SIGNING_DIR) / FOLDER / f"{key}.p12").read_bytes()
    signer = signers.SimpleSigner.load_pkcs12_data(held, other_certs=[], passphrase=PASSPHRASE.encode())
    metadata = signers.PdfSignatureMetadata(
        field_name="NguoiKhai", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
    timestamper = trust.timestamper(at)
    signed = aside(lambda: signers.sign_pdf(writer, metadata, signer=signer, timestamper=timestamper))
    return bytes(signed.getvalue())
