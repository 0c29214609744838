"""Checksums against strings and sums that were computed apart, by the formulas of running clients."""

from __future__ import annotations

from motcua.integrations.payment_platform import checksums

INIT = {
    "LoaiBanTin": "INIT", "PhienBan": "1.0.6", "MaDoiTac": "DT01", "MaThamChieu": "dvc0000000H5625010100010830",
    "SoTien": 50000, "LoaiHinhThanhToan": "PAY", "MaKenhThanhToan": "1", "MaThietBi": "1", "NgonNgu": "vi-VN",
    "MaTienTe": "VND", "MaNganHang": "PAYMENT", "ThongTinGiaoDich": "Thanh toan", "ThoiGianGD": "20250101083000",
    "Ip": "127.0.0.1",
}  # fmt: skip
CALLBACK = {
    "LoaiBanTin": "RESULT", "MaLoi": "00", "MaDoiTac": "DT01", "MaThamChieu": "dvc0000000H5625010100010830",
    "SoTien": 50000, "MaTienTe": "VND", "MaGiaoDich": "GD1", "MaNganHang": "NH1", "ThoiGianGD": "20250101083100",
    "ThongTinGiaoDich": "Thanh toan",
}  # fmt: skip
QUERY = {
    "LoaiBanTin": "QUERY", "PhienBan": "1.0.6", "MaDoiTac": "DT01", "MaThamChieu": "dvc0000000H5625010100010830",
    "ThoiGianGD": "20250101090000",
}  # fmt: skip


class TestChecksums:
    def test_of_the_national_platform(self):
        assert (
            checksums.platform(INIT, checksums.INIT_FIELDS, "SECRET")
            == "da230576d24d7d949203b381f51acd5c531e14067ef7b086dc57e006b461bf4f"
        )
        assert (
            checksums.platform(CALLBACK, checksums.CALLBACK_FIELDS, "SECRET")
            == "4d60ce0be685ffdec52dcb50cff73c952fec0dec9c6157d83ac8efb010a23a65"
        )
        assert (
            checksums.platform(QUERY, checksums.QUERY_FIELDS, "SECRET")
            == "38119dc9bed7d0d2d795746c8b22bdc329cd9707805744f9d3d7c7f24f763760"
        )

    def test_of_keypay(self):
        message = {
            "addition_fee": 0, "client_id": "CL1", "command": "PAY", "trans_amount": 50000, "transaction_id": "TX1",
            "version": "3.0",
        }  # fmt: skip
        assert (
            checksums.keypay(message, checksums.KEYPAY_PAY, "KEY1")
            == "3e1b40473cbc0b5eeec5d405d1adc11d959f6c2d77b071ce3820bccfd45e94fd"
        )

    def test_of_paygov(self):
        assert (
            checksums.paygov("SK", "AK", "P1", "H56-000.00.00.H56-250101-0001-01", "RQ1", 50000)
            == "65a6a895d04115dd7ee9cf52d7fad88571b546f2cd350a7b18a7fb312eb3d513"
        )

    def test_of_viettelpay(self):
        assert checksums.viettelpay("HK", "AC", "B1", "M1", "O1", 50000) == "oF8WoIaiLhHAeuo2NTudaCgvpmA="

    def test_are_compared_whole(self):
        sum_ = checksums.platform(QUERY, checksums.QUERY_FIELDS, "SECRET")
        assert checksums.same(sum_.upper(), sum_)
        assert not checksums.same(sum_[:-1], sum_)
        assert not checksums.same(None, sum_)
        assert not checksums.same("oF8WoIaiLhHAeuo2NTudaCgvpmA=".lower(), "oF8WoIaiLhHAeuo2NTudaCgvpmA=")
