"""Chia việc công bằng: who should take a dossier, by the work that each has in hand, leave, due dates and role. Pure.

Nobody without the role is ever named, nobody who is away or gone before the dossier is due, and more work in hand never
makes anybody more likely to get more. The same facts always give the same answer, in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

WORKING_DAY = 8 * 60  # minutes: a workflow counts in working days of eight hours
WEEKEND = {5, 6}


@dataclass(frozen=True, slots=True)
class Work:
    """Một việc: when it is due (None: nothing is promised), how many planned minutes are left of it, whether it is late."""

    due_on: date | None
    minutes: int
    is_late: bool = False

    def is_before(self, due_on: date | None) -> bool:
        """Whether it must be done before something that is due then."""
        return self.due_on is not None and (due_on is None or self.due_on <= due_on)


@dataclass(frozen=True, slots=True)
class Hand:
    """Một người có thể nhận: what they hold, when they are away (first and last day), their last day in the role."""

    key: UUID
    name: str
    has_role: bool = True
    work: tuple[Work, ...] = ()
    away: tuple[date, date] | None = None
    until: date | None = None

    def with_more(self, work: Work) -> Hand:
        return replace(self, work=(*self.work, work))

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.work)

    @property
    def late(self) -> int:
        return sum(one.is_late for one in self.work)

    def minutes_before(self, due_on: date | None) -> int:
        """Planned minutes of what must be done before something that is due then."""
        return sum(one.minutes for one in self.work if one.is_before(due_on))

    def days_away(self, first: date, last: date) -> int:
        """Working days away, from the first to the last day."""
        if self.away is None:
            return 0
        start, end = max(first, self.away[0]), min(last, self.away[1])
        days = (start + timedelta(days=number) for number in range((end - start).days + 1))
        return sum(day.weekday() not in WEEKEND for day in days)


@dataclass(frozen=True, slots=True)
class Place:
    """Thứ tự của một người: `refusal` says why this one cannot take it; "" when they can."""

    hand: Hand
    why: str
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """Gợi ý: everybody in order, whoever should take it first."""

    places: tuple[Place, ...]

    @property
    def first(self) -> Place | None:
        return next((place for place in self.places if not place.refusal), None)

    @property
    def why(self) -> str:
        """Vì sao, in words."""
        able = [place for place in self.places if not place.refusal]
        if not able:
            return (
                "Không có ai nhận được: "
                + "; ".join(f"{place.hand.name} {place.refusal}" for place in self.places)
                if self.places
                else "Không có ai mang vai trò của bước này tại đơn vị."
            )
        reason = f"{able[0].hand.name}: {able[0].why}"
        return (
            f"{reason}. Người kế tiếp là {able[1].hand.name}: {able[1].why}."
            if len(able) > 1
            else f"{reason}."
        )


def advise(hands: Iterable[Hand], *, on: date, due_on: date | None) -> Advice:
    """Gợi ý người nhận for something that is due on a day, asked on another; the best first, who cannot at the end."""
    last = max(on, due_on) if due_on else on
    ordered = sorted(
        hands, key=lambda hand: (bool(_refusal(hand, on, last)), *_weight(hand, on, last, due_on))
    )
    return Advice(
        tuple(Place(hand, _why(hand, on, last, due_on), _refusal(hand, on, last)) for hand in ordered)
    )


def share_out(
    things: Sequence[tuple[UUID, Work]], hands: Sequence[Hand], *, on: date
) -> Iterator[tuple[UUID, Advice]]:
    """Chia nhiều hồ sơ: one after the other, the earliest due first; what one was given counts for the next."""
    known = {hand.key: hand for hand in hands}
    for key, work in sorted(things, key=lambda thing: (thing[1].due_on or date.max, thing[0])):
        advice = advise(known.values(), on=on, due_on=work.due_on)
        if advice.first:
            taken = advice.first.hand
            known[taken.key] = taken.with_more(work)
        yield key, advice


def _weight(hand: Hand, on: date, last: date, due_on: date | None) -> tuple[int, int, int, int, str, UUID]:
    pressing = hand.minutes_before(due_on) + hand.days_away(on, last) * WORKING_DAY
    return pressing, hand.minutes, hand.late, len(hand.work), hand.name, hand.key


def _refusal(hand: Hand, on: date, last: date) -> str:
    if not hand.has_role:
        return "không mang vai trò của bước này"
    if hand.until and hand.until < last:
        return f"chỉ giữ vị trí đến {hand.until:%d/%m/%Y}"
    if hand.away and hand.away[0] <= on and hand.away[1] >= last:
        return f"nghỉ đến {hand.away[1]:%d/%m/%Y}"
    return ""


def _why(hand: Hand, on: date, last: date, due_on: date | None) -> str:
    if not hand.work:
        told = "chưa giữ hồ sơ nào"
    else:
        told = f"đang giữ {len(hand.work)} hồ sơ, còn {_spoken(hand.minutes)} việc"
        pressing = hand.minutes_before(due_on)
        if pressing and pressing != hand.minutes:
            told += f", trong đó {_spoken(pressing)} phải xong trước hồ sơ này"
        told += f", {hand.late} trễ" if hand.late else ""
    away = hand.days_away(on, last)
    return told + (f", nghỉ {away} ngày trước hạn" if away else "")


def _spoken(minutes: int) -> str:
    """“3 ngày”, “2,5 ngày”, “4 giờ”: in working days of eight hours."""
    if minutes < WORKING_DAY:
        return f"{max(1, round(minutes / 60))} giờ"
    return f"{minutes / WORKING_DAY:.1f}".removesuffix(".0").replace(".", ",") + " ngày"
