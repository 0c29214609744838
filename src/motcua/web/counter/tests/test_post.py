"""The post at the counter, and what the citizen sees of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.core.ids import new_id
from motcua.core.time import now
from motcua.foundation.ledger.models import Line
from motcua.oversight.integrity.tests.plants import ready
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import World
from motcua.service.filing.posting import order_chosen
from motcua.service.postal.carriers import Told
from motcua.service.postal.models import AddressCode, PostalChoice, Shipment
from motcua.service.postal.operations import carrying
from motcua.service.postal.states import Meaning
from motcua.service.postal.tests.world import carrier, ordered
from motcua.web.counter.tests.acting import received, reception_url, text_of, ticked


@pytest.fixture
def dossier(world: World) -> Dossier:
    """A result that is to go by post."""
    found = ready(world)
    Dossier.objects.filter(pk=found.pk).update(return_channel="POST")
    world.centre.units.create(
        name="Trung tâm",
        code="TT",
        phone="02203123456",
        address="Số 1 Lê Lợi",
        valid_from=world.centre.valid_from,
    )
    return found


def test_from_the_list_to_the_hand_over_list(clerk: Client, world: World, dossier: Dossier) -> None:
    post = carrier()
    page = clerk.get(reverse("counter:post"))
    assert dossier.code in text_of(page)
    link = reverse("counter:post-order", args=[dossier.pk])
    assert link in page.content.decode()
    form = {
        "direction": "RETURN", "carrier": str(post.pk), "name": "Nguyễn Thị Ánh", "phone": "0912345678",
        "address": "Thôn Đông, xã Mẫu", "province_code": "31", "ward_code": "", "weight": "100", "cod": "",
        "key": "0197f0aa-0000-7000-8000-000000000001",
    }  # fmt: skip
    priced = clerk.post(link, form)
    assert "Giá cước 31.000 đồng" in text_of(priced)
    assert not Shipment.objects.exists()  # the price is seen first
    for _press in range(2):  # a double click
        answer = clerk.post(link, {**form, "seen_price": "31000"}, follow=True)
    assert "Đã đặt bưu gửi" in text_of(answer)
    shipment = Shipment.objects.get()
    assert dossier.code not in text_of(clerk.get(reverse("counter:post")))
    listed = clerk.post(
        reverse("counter:post"), {"id": str(shipment.pk), "postman": "Lê Văn Bưu"}, follow=True
    )
    assert "Bảng kê giao nhận bưu gửi số 1/" in text_of(listed)
    assert "Lê Văn Bưu" in text_of(listed)
    told = {
        "act": "note",
        "meaning": "DELIVERED",
        "day": f"{now():%d/%m/%Y}",
        "key": form["key"],
        "words": "Đã phát",
    }
    clerk.post(reverse("counter:parcel", args=[shipment.pk]), told)
    assert Dossier.objects.get(pk=dossier.pk).state == "RETURNED"
    assert "100 %" in text_of(clerk.get(reverse("counter:post-punctual")))


def test_a_failed_parcel_asks_for_a_reason_and_a_stranger_sees_none(
    clerk: Client, world: World, dossier: Dossier
) -> None:
    shipment = ordered(world, dossier, carrier(), now() - timedelta(days=1))
    carrying.hand_over(shipment_ids=[shipment.pk], by=world.clerk, at=now() - timedelta(hours=20))
    given = {"act": "note", "meaning": "FAILED", "day": f"{now():%d/%m/%Y}"}
    parcel = reverse("counter:parcel", args=[shipment.pk])
    clerk.post(parcel, given)
    refused = clerk.post(parcel, {"act": "again", "reason": ""})
    assert refused.status_code == 422
    assert "Hãy ghi lý do" in text_of(refused)
    clerk.post(parcel, {"act": "again", "reason": "Hẹn chiều mai"})
    shipment.refresh_from_db()
    assert shipment.state == "REDELIVER"
    clerk.force_login(world.stranger)
    assert clerk.get(parcel).status_code in {403, 404}


def test_what_the_post_has_is_not_given_at_the_counter_as_well(
    clerk: Client, world: World, dossier: Dossier
) -> None:
    """Not in the list, not by its own page, not with others; who asks for it is told where it is."""
    give, listed = reverse("counter:return", args=[dossier.pk]), reverse("counter:results")
    assert dossier.code in text_of(clerk.get(listed))
    shipment = ordered(world, dossier, carrier(), now() - timedelta(days=1))
    parcel = reverse("counter:parcel", args=[shipment.pk])
    order = reverse("counter:post-order", args=[dossier.pk])
    assert "đang có một bưu gửi chưa xong" in text_of(clerk.get(order))  # nothing else may be ordered now
    for act in ("ordered", "handed over"):
        if act == "handed over":
            carrying.hand_over(shipment_ids=[shipment.pk], by=world.clerk, at=now() - timedelta(hours=20))
        assert dossier.code not in text_of(clerk.get(listed))
        assert clerk.get(give)["Location"] == parcel
        refused = clerk.post(give, {"who": "APPLICANT", "step": dossier.step_key})
        assert refused.status_code == 422
        assert shipment.code in text_of(refused)
        together = clerk.post(listed, {"id": str(dossier.pk), "receiver_name": ""}, follow=True)
        assert shipment.code in text_of(together)
        found = clerk.get(listed, {"q": dossier.applicant_name}).content.decode()
        assert parcel in found
        assert f'value="{dossier.pk}"' not in found
        assert "Xem bưu gửi" in text_of(clerk.get(reverse("counter:dossier", args=[dossier.pk])))
    assert Dossier.objects.get(pk=dossier.pk).state == "RESULT_READY"
    for meaning in (Meaning.FAILED, Meaning.RETURNED):
        carrying.note_by_hand(
            shipment_id=shipment.pk, meaning=meaning, words="", happened_at=now(), key=new_id(), by=world.clerk, at=now(),
        )  # fmt: skip
    assert dossier.code in text_of(clerk.get(listed))
    assert clerk.post(give, {"who": "APPLICANT", "step": dossier.step_key}).status_code == 302


def test_a_doubtful_word_is_shown_until_it_is_judged(clerk: Client, world: World, dossier: Dossier) -> None:
    post = carrier()
    shipment = ordered(world, dossier, post, now() - timedelta(days=1))
    carrying.hand_over(shipment_ids=[shipment.pk], by=world.clerk, at=now() - timedelta(hours=20))
    told = Told("a", shipment.code, Meaning.DELIVERED, words="Phát thành công", collected=7_000)
    carrying.hear(carrier_id=post.pk, told=told, at=now())
    parcel, why = reverse("counter:parcel", args=[shipment.pk]), "đã thu 7.000 đồng"
    assert why in text_of(clerk.get(reverse("counter:post"), {"muc": "duong"}))
    assert text_of(clerk.get(parcel)).count(why) == 2  # above, and by the word itself
    clerk.post(
        parcel, {"act": "note", "meaning": "DELIVERED", "day": f"{now():%d/%m/%Y}", "key": str(new_id())}
    )
    assert text_of(clerk.get(parcel)).count(why) == 1
    assert Dossier.objects.get(pk=dossier.pk).state == "RETURNED"


def test_the_citizen_sees_the_way_in_a_line_each(client: Client, world: World, dossier: Dossier) -> None:
    shipment = ordered(world, dossier, carrier(), now() - timedelta(days=1))
    carrying.hand_over(shipment_ids=[shipment.pk], by=world.clerk, at=now() - timedelta(hours=20))
    carrying.note_by_hand(
        shipment_id=shipment.pk, meaning=Meaning.IN_TRANSIT, words="Đến bưu cục phát", happened_at=now(), key=shipment.pk,
        by=world.clerk, at=now(),
    )  # fmt: skip
    fact = (dossier.phone or world.applicant.phone)[-4:]
    page = text_of(client.post(reverse("portal:tracking"), {"ma": dossier.code, "so": fact}))
    for line in ("Kết quả gửi đến bạn", "Đã giao Bưu điện tỉnh", "Đến bưu cục phát", "Hẹn phát"):
        assert line in page
    assert "Thôn Đông" not in page  # the address is nobody else's business


def test_codes_are_taken_in_by_who_sets_the_province(client: Client, world: World) -> None:
    post = carrier()
    client.force_login(world.admin)
    session = client.session
    session["second_factor"] = True
    session.save()
    link = reverse("admin:carrier", args=[post.pk])
    head = "ma_tinh,ma_xa,tinh_buu_chinh,huyen_buu_chinh,xa_buu_chinh\n"
    wrong = SimpleUploadedFile("ma.csv", f"{head}31,1,18,,\n".encode())
    answer = client.post(link, {"act": "codes", "file": wrong, "codes_from": f"{now():%d/%m/%Y}"})
    assert "Dòng 2: mã xã gồm 5 chữ số" in text_of(answer)
    right = SimpleUploadedFile("ma.csv", f"{head}31,11380,18,1820,\n".encode())
    client.post(link, {"act": "codes", "file": right, "codes_from": f"{now():%d/%m/%Y}"})
    assert AddressCode.objects.filter(ward_code="11380", their_district="1820").exists()


def test_the_carrier_is_asked_after_a_reception_and_brings_the_result(clerk: Client, world: World) -> None:
    """The price for the address first; with the result the parcel is there, for the choice that was made last."""
    post, dearer = carrier(), carrier("VIETTEL", name="Viettel Post")
    world.centre.units.create(
        name="TT", code="TT", phone="02203123456", address="Số 1 Lê Lợi", valid_from=world.centre.valid_from
    )
    answer = clerk.post(reception_url(world), ticked(world, return_channel="POST"))
    dossier = Dossier.objects.get()
    receipt = reverse("counter:receipt", args=[dossier.pk])
    page = answer["Location"]
    assert page.startswith(reverse("counter:post-choice", args=[dossier.pk]))
    assert receipt in clerk.get(page).content.decode()  # who does not choose goes on
    typed = {"return_address": "Thôn Đông", "province_code": "31", "ward": "", "next": receipt}
    priced = clerk.post(page, {**typed, "carrier": str(post.pk)}).content.decode()
    assert "31.000 đồng, hẹn giao trong 2 ngày" in priced
    assert not PostalChoice.objects.exists()
    for one in (dearer, post):
        said = {**typed, "carrier": str(one.pk), f"seen-{one.pk}": "31000"}
        assert clerk.post(page, said)["Location"] == receipt
        assert clerk.post(page, said)["Location"] == receipt  # pressed twice
    assert Line.objects.filter(name="PostChosen", subject_id=dossier.pk).count() == 2
    assert "Bưu chính công ích: Bưu điện tỉnh" in text_of(
        clerk.get(reverse("counter:dossier", args=[dossier.pk]))
    )
    Dossier.objects.filter(pk=dossier.pk).update(state="RESULT_READY", finished_at=now())
    assert (order_chosen(now()), order_chosen(now())) == (1, 0)
    parcel = Shipment.objects.get()
    assert (parcel.carrier, parcel.receiver.address, parcel.price) == (post, "Thôn Đông", 31_000)
    refused = clerk.post(page, {**typed, "carrier": str(dearer.pk), f"seen-{dearer.pk}": "31000"})
    assert "đang có một bưu gửi chưa xong" in text_of(refused)


def test_the_carrier_is_asked_when_the_way_is_changed_later(clerk: Client, world: World) -> None:
    carrier()
    dossier = received(world)
    given = {
        "matter": dossier.matter, "phone": dossier.phone, "return_channel": "POST", "sets": "1", "reason": "Ở xa",
        "requested_by": dossier.applicant_name,
    }  # fmt: skip
    answer = clerk.post(reverse("counter:amend", args=[dossier.pk]), given)
    assert answer["Location"].startswith(reverse("counter:post-choice", args=[dossier.pk]))
    assert "Chọn đơn vị bưu chính" in text_of(clerk.get(reverse("counter:dossier", args=[dossier.pk])))
