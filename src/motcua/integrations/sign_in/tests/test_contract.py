from __future__ import annotations

import pytest
from click.testing import CliRunner

from motcua.foundation.citizens.operations.seeding import seed_levels
from motcua.foundation.citizens.tests.factories import AT
from motcua.integrations.sign_in.commands import sign_in
from motcua.integrations.sign_in.contract import level_of, read
from motcua.integrations.sign_in.faults import BadAnswer
from motcua.integrations.sign_in.models import SignInProvider
from motcua.integrations.sign_in.operations.providers import BadProvider, write_provider

HOME = "https://sso.vidu.vn"


def provider(**more):
    return SignInProvider(code="vneid", name="VNeID", dialect="VNEID", issuer=HOME, **more)


def data(**more):
    return {
        "code": "vneid", "name": "VNeID", "dialect": "VNEID", "issuer": HOME, "authorize_url": f"{HOME}/authorize",
        "token_url": f"{HOME}/token", "userinfo_url": f"{HOME}/userinfo", "jwks_url": f"{HOME}/jwks",
        "client_id": "tinh", "secret_name": "MOTCUA_SIGN_IN_VNEID", "valid_from": "2026-01-01", **more,
    }  # fmt: skip


class TestRead:
    def test_a_person(self):
        said = read(
            provider(),
            {"sub": "x", "LoaiTaiKhoan": 1, "HoVaTen": " Lê  Thị A ", "SoDinhDanh": "030190123456", "loAs": "2",
             "NgayThangNamSinh": "19900305", "TechID": "T1"},
        )  # fmt: skip
        assert (said.kind, said.name, said.personal_number) == ("PERSON", "Lê Thị A", "030190123456")
        assert (said.birth, said.level, said.tech_id) == ("05/03/1990", "2", "T1")

    @pytest.mark.parametrize(
        "representative",
        [
            "Phạm Văn B",
            {"HoVaTen": "Phạm Văn B", "SoDinhDanh": "030190123456"},
            '{"HoVaTen": "Phạm Văn B", "SoDinhDanh": "030190123456"}',
        ],
    )
    def test_an_organisation_and_who_represents_it(self, representative):
        said = read(
            provider(),
            {"sub": "x", "LoaiTaiKhoan": "2", "TenDoanhNghiep": "Công ty B", "MaSoDoanhNghiep": "0900000108",
             "SoDinhDanh": "030190123456", "NguoiDaiDien": representative, "IAL": "2"},
        )  # fmt: skip
        assert (said.kind, said.name, said.tax_code) == ("ORGANISATION", "Công ty B", "0900000108")
        assert (said.representative_name, said.representative_number) == ("Phạm Văn B", "030190123456")
        assert said.personal_number == "", "the firm has none of its own"

    @pytest.mark.parametrize(
        "broken", [{"HoVaTen": ""}, {"sub": ""}, {"LoaiTaiKhoan": "7"}, {"HoVaTen": ["A"]}]
    )
    def test_refuses_who_is_nobody(self, broken):
        with pytest.raises(BadAnswer):
            read(provider(), {"sub": "x", "LoaiTaiKhoan": "1", "HoVaTen": "Lê A", **broken})

    def test_names_can_be_moved_by_data(self):
        moved = provider(claim_map={"name": "fullName"})
        assert read(moved, {"sub": "x", "fullName": "Lê Thị A"}).name == "Lê Thị A"


class TestLevel:
    @pytest.mark.parametrize(
        ("said", "level"),
        [
            ({"loAs": "1"}, "1"), ({"loAs": ["1", "2"]}, "2"), ({"acr": "2"}, "2"), ({"IAL": 2}, "2"), ({}, ""),
            ({"loAs": "LOA9"}, ""), ({"loAs": "1", "acr": "2"}, "2"),
        ],
    )  # fmt: skip
    def test_is_read_where_the_provider_says_it(self, said, level):
        assert level_of(provider(), said) == level

    def test_is_what_the_data_say_when_unsaid(self):
        assert level_of(provider(level_unsaid="1"), {}) == "1"


@pytest.mark.django_db
class TestWriteProvider:
    @pytest.fixture(autouse=True)
    def levels(self):
        seed_levels()

    def test_writes_and_changes(self):
        write_provider(data(), by=None, at=AT)
        assert write_provider(data(name="VNeID mới"), by=None, at=AT).name == "VNeID mới"
        assert SignInProvider.objects.count() == 1

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"token_url": "http://sso.vidu.vn/token"}, "https"),
            ({"jwks_url": "/tren-trang-nay/"}, "https"),
            ({"algorithms": ["none"]}, "thuật toán"),
            ({"algorithms": ["HS256"]}, "thuật toán"),
            ({"algorithms": []}, "thuật toán|algorithms|không"),
            ({"levels": {"LOA9": "9"}}, "mức độ"),
            ({"is_simulated": True}, "is_simulated"),
            ({"secret": "lộ"}, "secret"),
            ({"dialect": "KHÁC"}, "dialect"),
        ],
    )
    def test_refuses_what_is_unsafe(self, wrong, said):
        with pytest.raises(BadProvider, match=said):
            write_provider(data(**wrong), by=None, at=AT)
        assert not SignInProvider.objects.exists()

    def test_from_a_file(self, tmp_path):
        file = tmp_path / "noi-cap.toml"
        lines = "\n".join(f'{name} = "{value}"' for name, value in data().items())
        file.write_text(f"[[provider]]\n{lines}\n", encoding="utf-8")
        done = CliRunner().invoke(sign_in, ["load", str(file)])
        assert (done.exit_code, done.output) == (0, "vneid: đã ghi.\n")
