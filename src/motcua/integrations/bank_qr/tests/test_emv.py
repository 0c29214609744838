"""VietQR: written by the rules, read back by another's reader."""

from __future__ import annotations

import io

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pyzbar.pyzbar import decode

from motcua.integrations.bank_qr import emv
from motcua.integrations.bank_qr.emv import Transfer, Unreadable
from motcua.integrations.bank_qr.gateway import reference_in

ONE = Transfer("970436", "0011001234567", 50_000, "MC260302090000ABCDEFGH")


class TestPayload:
    def test_has_the_fields_of_the_rules_in_their_order(self):
        text = emv.payload(ONE)
        assert text.startswith(
            "00020101021238570010A00000072701270006970436011300110012345670208QRIBFTTA53037045405500005802VN"
        )
        assert text[-8:-4] == "6304"

    def test_crc_is_that_of_the_catalogue(self):
        assert emv.crc("123456789") == "29B1"

    def test_is_read_back_by_zbar(self):
        text = emv.payload(ONE)
        picture = io.BytesIO()
        segno.make(text, error="m").save(picture, kind="png", scale=5)
        found = decode(Image.open(picture))
        assert [one.data.decode() for one in found] == [text]
        assert emv.read(found[0].data.decode()) == ONE

    @given(st.integers(1, 10**12), st.text("0123456789", min_size=6, max_size=19), st.text(max_size=60))
    def test_says_what_was_meant_whatever_the_words(self, amount, account, words):
        known = emv.read(emv.payload(Transfer("970436", account, amount, words)))
        assert (known.amount, known.account, known.memo) == (amount, account, emv.memo(words))

    @pytest.mark.parametrize(
        "wrong",
        [
            Transfer("97043", "1", 1, ""),
            Transfer("970436", "", 1, ""),
            Transfer("970436", "1 2", 1, ""),
            Transfer("970436", "1", 0, ""),
        ],
    )
    def test_of_a_wrong_account_is_not_drawn(self, wrong):
        with pytest.raises(Unreadable):
            emv.payload(wrong)

    @given(st.integers(0, 100), st.characters(codec="ascii", exclude_categories=["Cc"]))
    def test_altered_is_not_read(self, place, letter):
        text = emv.payload(ONE)
        place %= len(text)
        altered = text[:place] + letter + text[place + 1 :]
        if altered.upper() != text.upper():
            with pytest.raises(Unreadable):
                emv.read(altered)


class TestReferenceIn:
    @pytest.mark.parametrize(
        "words",
        [
            "CK MC260302090000ABCDEFGH nguoi nop",
            "mbvcb.123.mc260302090000abcdefgh.ck",
            "MC2603 02090000ABCD EFGH",
        ],
    )
    def test_finds_it_whatever_the_bank_made_of_it(self, words):
        assert reference_in(words) == "MC260302090000ABCDEFGH"

    def test_finds_none_where_there_is_none(self):
        assert reference_in("chuyen tien hoc phi") == ""
