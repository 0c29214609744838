"""The post in a small world: a result that is ready, and two carriers, one of them done by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from motcua.core.ids import new_id
from motcua.service.dossiers.models import Dossier
from motcua.service.dossiers.tests.world import BEGINNING, LONG_AGO, World
from motcua.service.postal.models import Carrier, Shipment
from motcua.service.postal.operations.ordering import Place, order
from motcua.service.postal.operations.setting import import_codes, set_carrier, set_price

CODES = "ma_tinh,ma_xa,tinh_buu_chinh,huyen_buu_chinh,xa_buu_chinh\n31,,18,1800,\n31,11374,18,1810,18101\n01,,10,1000,\n"
UNIT = Place("Trung tâm Phục vụ hành chính công tỉnh", "02203123456", "Số 1 đường Lê Lợi", "31")
HOME = Place("Nguyễn Thị Ánh", "0912345678", "Thôn Đông, xã Mẫu", "31", "11374", "Huyện Cũ")


def carrier(code: str = "VNPOST", **changes: Any) -> Carrier:
    given = {
        "name": "Bưu điện tỉnh", "promise_days": 2, "decide_within_days": 3, "most_tries": 2, "otherwise": "RETURN",
        "valid_from": LONG_AGO, **changes,
    }  # fmt: skip
    made = set_carrier(code=code, by=None, at=BEGINNING, **given)
    for is_local, amount in ((True, 22_000), (False, 31_000)):
        set_price(
            carrier_id=made.pk, is_local=is_local, up_to_grams=500, amount=amount, valid_from=LONG_AGO, by=None,
            at=BEGINNING,
        )  # fmt: skip
    import_codes(carrier_id=made.pk, text=CODES, valid_from=LONG_AGO, by=None, at=BEGINNING)
    return made


def ordered(world: World, dossier: Dossier, by_whom: Carrier, at: datetime, **changes: Any) -> Shipment:
    given = {
        "key": new_id(), "dossier_id": dossier.pk, "direction": "RETURN", "carrier_id": by_whom.pk, "sender": UNIT,
        "receiver": HOME, "weight": 100, "price": 22_000, "by": world.clerk, "at": at, **changes,
    }  # fmt: skip
    return order(**given)


def later(at: datetime, **span: float) -> datetime:
    return at + timedelta(**span)
