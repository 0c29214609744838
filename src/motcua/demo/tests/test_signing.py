from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from motcua.core.time import now
from motcua.demo.commands import demo
from motcua.demo.signing import equip_citizens
from motcua.foundation.signing.continuing import adds_signatures_alone, with_room
from motcua.foundation.signing.tests.world import authority, paper
from motcua.foundation.signing.validating import validate


@pytest.mark.django_db
def test_a_citizen_of_the_demo_signs_a_declaration(tmp_path: Path, settings: Any) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    given = tmp_path / "to-khai.pdf"
    given.write_bytes(with_room(paper()))
    run = CliRunner()
    ca = authority(keys, settings, now() - timedelta(hours=1))
    assert "Hãy nạp tỉnh mẫu trước" in run.invoke(demo, ["sign", str(given)]).output
    equip_citizens(ca)
    told = run.invoke(demo, ["sign", str(given), "--as", "binh"])
    assert told.exit_code == 0, told.output
    signed = (tmp_path / "to-khai-da-ky.pdf").read_bytes()
    report = validate(signed, at=now())
    assert (report.is_good, report.signatures[0].numbers) == (True, ("033190000102",))
    assert adds_signatures_alone(given.read_bytes(), signed)
