from __future__ import annotations

import pytest
from click.testing import CliRunner

from motcua.core.time import now
from motcua.foundation.identity.access import access_of
from motcua.foundation.identity.commands import staff
from motcua.foundation.identity.models import User
from motcua.foundation.identity.operations.roles import seed_roles
from motcua.foundation.identity.operations.second_factor import pending_device
from motcua.foundation.identity.permissions import Permission
from motcua.foundation.identity.tests.factories import AT, PASSWORD, a_user, an_agency
from motcua.foundation.org.models import Agency

pytestmark = pytest.mark.django_db


class TestAdd:
    @pytest.fixture
    def agency(self) -> Agency:
        seed_roles(at=AT)
        return an_agency()

    def test_makes_the_first_administrator(self, agency: Agency) -> None:
        asked = [
            "add",
            "quan.tri",
            "--name",
            "Nguyễn Quản Trị",
            "--agency",
            agency.code,
            "--password",
            PASSWORD,
        ]
        result = CliRunner().invoke(staff, asked)

        assert result.exit_code == 0, result.output
        assert access_of(User.objects.get(), now()).may(Permission.MANAGE_STAFF, agency.pk)

    def test_says_what_is_wrong_and_leaves_nothing(self, agency: Agency) -> None:
        weak = ["add", "quan.tri", "--name", "Nguyễn Quản Trị", "--agency", agency.code, "--password", "ngan"]
        nowhere = ["add", "quan.tri", "--name", "Nguyễn Quản Trị", "--agency", "XYZ", "--password", PASSWORD]

        assert "ít nhất 10 ký tự" in CliRunner().invoke(staff, weak).output
        assert "Không có cơ quan XYZ" in CliRunner().invoke(staff, nowhere).output
        assert not User.objects.exists()


class TestHelp:
    def test_takes_a_lost_device_away(self) -> None:
        user = a_user()
        pending_device(user)
        result = CliRunner().invoke(
            staff, ["remove-second-factor", user.username, "--reason", "Mất điện thoại"]
        )

        assert result.exit_code == 0
        assert not user.totpdevice_set.exists()

    def test_unlocks(self) -> None:
        assert "Đã mở 0 lần khóa" in CliRunner().invoke(staff, ["unlock", a_user().username]).output
