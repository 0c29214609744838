from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from motcua.core.errors import Forbidden, InvalidInput
from motcua.foundation.citizens.models import CitizenAccount, CitizenLink, CitizenSession
from motcua.foundation.citizens.operations.accounts import change_contact, lock_account, unlock_account
from motcua.foundation.citizens.operations.acting import (
    act_for,
    end_representative,
    name_representative,
    represented_by,
)
from motcua.foundation.citizens.operations.signing_in import (
    ConfirmationNeeded,
    SignInRefused,
    Standing,
    link_provider,
    recognise,
    sign_in,
)
from motcua.foundation.citizens.operations.signing_out import (
    LastLink,
    close_expired,
    end_other_sessions,
    end_session,
    sign_out,
    unlink_provider,
)
from motcua.foundation.citizens.sessions import SEEN_EVERY, idle, lasts, session_of, tokens_of
from motcua.foundation.citizens.tests.factories import (
    AT,
    a_citizen,
    a_personal_number,
    a_session,
    an_organisation,
    claims,
)
from motcua.foundation.identity.models import Applicant
from motcua.foundation.identity.operations.applicants import ApplicantInput, find_or_create_applicant
from motcua.foundation.identity.tests.factories import an_agency, staff
from motcua.foundation.ledger.models import Line

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def met_at_the_counter(name="Nguyễn Thị Thử", **more):
    number = a_personal_number()
    data = ApplicantInput(name=name, personal_number=number, **more)
    return find_or_create_applicant(data, by=None, at=AT), number


class TestSignIn:
    def test_makes_an_account_of_who_is_new(self):
        said = claims(name="Lê Thị Mới", phone="0912345678", birth="")
        entered = sign_in(said, at=AT, ip="10.0.0.7", user_agent="Firefox")
        account = entered.session.account
        assert (account.name, account.kind, account.level_id) == ("Lê Thị Mới", "PERSON", "2")
        assert account.applicant.personal_number == said.personal_number
        assert account.phone == "0912345678"
        names = list(Line.objects.of(account.pk).values_list("name", flat=True))
        assert names == ["AccountOpened", "ProviderLinked", "CitizenSignedIn"]
        assert said.personal_number not in str(list(Line.objects.values_list("payload", flat=True)))

    def test_knows_who_was_here(self):
        said = claims()
        first, second = sign_in(said, at=AT), sign_in(said, at=LATER)
        assert first.session.account == second.session.account
        assert CitizenLink.objects.count() == 1
        assert CitizenSession.objects.filter(ended_at=None).count() == 2, "two devices"

    def test_asks_before_it_takes_somebody_for_an_applicant_of_the_counter(self):
        known, number = met_at_the_counter()
        said = claims(personal_number=number)
        assert recognise(said).standing == Standing.MAPPING
        with pytest.raises(ConfirmationNeeded):
            sign_in(said, at=AT)
        assert not CitizenAccount.objects.exists()
        assert sign_in(said, at=AT, agreed=True).session.account.applicant == known
        assert Applicant.objects.count() == 1

    def test_corrects_the_name_only_for_who_is_known_surely(self):
        known, number = met_at_the_counter(name="Nguyễn Thị Thửu")
        weak = claims(personal_number=number, level="1")
        with pytest.raises(SignInRefused, match="tên khác"):
            sign_in(weak, at=AT, agreed=True)
        assert recognise(weak).has_another_name
        sign_in(replace(weak, level="2"), at=AT, agreed=True)
        known.refresh_from_db()
        assert known.name == "Nguyễn Thị Thử"

    def test_refuses_a_link_that_now_names_another_number(self):
        said = claims()
        sign_in(said, at=AT)
        with pytest.raises(SignInRefused, match="không khớp"):
            sign_in(replace(said, personal_number=a_personal_number()), at=LATER)
        assert CitizenSession.objects.count() == 1

    def test_refuses_an_unknown_level_and_a_wrong_number(self):
        with pytest.raises(SignInRefused, match="mức độ"):
            sign_in(claims(level="9"), at=AT)
        with pytest.raises(SignInRefused, match="12 chữ số"):
            sign_in(claims(personal_number="123"), at=AT)
        assert not CitizenAccount.objects.exists()

    def test_leaves_out_badly_written_contacts(self):
        account = sign_in(claims(email="không có", phone="12"), at=AT).session.account
        assert (account.email, account.phone) == ("", "")

    def test_of_a_firm_notes_who_represents_it(self):
        director = a_citizen(name="Phạm Văn Giám")
        firm = an_organisation(director=director)
        session = firm.sessions.get()
        assert session.representative.person == director.applicant
        assert session.representative.organisation == firm
        assert [row.organisation for row in represented_by(director, AT)] == [firm]

    def test_of_a_firm_whose_representative_has_a_name_only(self):
        firm = an_organisation(representative_name="Trần Văn Tên")
        row = firm.representatives.get()
        assert (row.name, row.person) == ("Trần Văn Tên", None)
        an_organisation(name=firm.name, tax_code=firm.applicant.tax_code, representative_name="Trần Văn Tên")
        assert firm.representatives.count() == 1

    def test_ends_the_session_of_the_same_browser(self):
        said = claims()
        first = sign_in(said, at=AT, tokens={"id_token": "a"}).session
        sign_in(said, at=LATER, previous=first)
        first.refresh_from_db()
        assert (first.end, first.tokens_sealed) == ("REPLACED", None)

    def test_of_a_locked_account_is_refused(self):
        account = a_citizen()
        key = a_session(account, at=AT)[1]
        boss = staff("ADMIN")
        with pytest.raises(InvalidInput):
            lock_account(account, reason=" ", by=boss, at=AT)
        lock_account(account, reason="Mất điện thoại", by=boss, at=AT)
        assert session_of(key, AT) is None
        with pytest.raises(SignInRefused, match="bị khóa"):
            a_session(account, at=AT)
        unlock_account(account, reason="Đã tìm thấy", by=boss, at=AT)
        assert a_session(account, at=AT)

    def test_of_staff_rights_a_lock_asks(self):
        with pytest.raises(Forbidden):
            lock_account(a_citizen(), reason="Thử", by=staff("CLERK"), at=AT)
        of_one_place = staff("ADMIN")
        an_agency()  # another highest agency, which that administrator does not reach
        with pytest.raises(Forbidden, match="mọi cơ quan"):
            lock_account(a_citizen(), reason="Thử", by=of_one_place, at=AT)


class TestSession:
    def test_is_found_by_its_key_only(self):
        session, key = a_session(a_citizen(), at=AT)
        assert session_of(key, AT) == session
        assert session_of(key + "x", AT) is None
        assert session_of(session.key_digest, AT) is None

    def test_ends_when_left_alone_and_at_the_latest(self, settings):
        _, key = a_session(a_citizen(), at=AT)
        assert session_of(key, AT + idle()) is None
        moment = AT
        while moment < AT + lasts() - idle() / 2:
            assert session_of(key, moment), "seen again and again it lives"
            moment += idle() / 2
        assert session_of(key, AT + lasts()) is None

    def test_is_seen_at_most_once_a_minute(self, django_assert_num_queries):
        session, key = a_session(a_citizen(), at=AT)
        with django_assert_num_queries(1):
            session_of(key, AT + SEEN_EVERY)
        with django_assert_num_queries(2):
            session_of(key, AT + SEEN_EVERY * 2)
        session.refresh_from_db()
        assert session.last_seen_at == AT + SEEN_EVERY * 2

    def test_keeps_tokens_sealed(self):
        session = sign_in(claims(), at=AT, tokens={"id_token": "bí mật"}).session
        session.refresh_from_db()
        assert "bí mật".encode() not in bytes(session.tokens_sealed)
        assert tokens_of(session) == {"id_token": "bí mật"}

    def test_that_has_run_out_is_closed_in_the_log(self):
        session, _ = a_session(a_citizen(), at=AT)
        assert close_expired(AT + timedelta(minutes=1)) == 0
        assert close_expired(LATER) == 2
        session.refresh_from_db()
        assert (session.end, session.tokens_sealed) == ("EXPIRED", None)


class TestSignOut:
    def test_ends_this_device_once(self):
        session, key = a_session(a_citizen(), at=AT)
        sign_out(session, at=AT)
        sign_out(session, at=LATER)
        session.refresh_from_db()
        assert (session.end, session.ended_at) == ("SIGNED_OUT", AT)
        assert session_of(key, AT) is None
        assert Line.objects.filter(name="CitizenSignedOut").count() == 1

    def test_ends_another_device_of_ones_own(self):
        mine, other = a_citizen(), a_citizen()
        session, _ = a_session(mine, at=AT)
        with pytest.raises(Exception, match="đã đăng xuất"):
            end_session(other, session_id=session.pk, at=AT)
        end_session(mine, session_id=session.pk, at=AT)
        here, _ = a_session(mine, at=AT)
        assert end_other_sessions(mine, here=here.pk, at=AT) == 1


class TestLinks:
    def test_a_second_provider_must_vouch_for_the_same_number(self):
        account = a_citizen()
        with pytest.raises(SignInRefused, match="không khớp"):
            link_provider(account, claims(issuer="https://khac.vidu.vn"), at=AT)
        with pytest.raises(SignInRefused, match="không khớp"):
            link_provider(account, claims(issuer="https://khac.vidu.vn", personal_number=""), at=AT)
        same = claims(issuer="https://khac.vidu.vn", personal_number=account.applicant.personal_number)
        link = link_provider(account, same, at=AT)
        assert sign_in(same, at=AT).session.account == account
        assert link_provider(account, same, at=AT) == link

    def test_of_another_person_is_not_taken(self):
        other = claims()
        sign_in(other, at=AT)
        with pytest.raises(SignInRefused, match="một người khác"):
            link_provider(a_citizen(), other, at=AT)

    def test_the_last_one_stays(self):
        account = a_citizen()
        with pytest.raises(LastLink):
            unlink_provider(account, link_id=account.links.get().pk, at=AT)
        same = claims(issuer="https://khac.vidu.vn", personal_number=account.applicant.personal_number)
        second = link_provider(account, same, at=AT)
        session = sign_in(same, at=AT).session
        unlink_provider(account, link_id=second.pk, at=AT)
        session.refresh_from_db()
        assert session.end == "UNLINKED"
        with pytest.raises(ConfirmationNeeded):
            sign_in(same, at=LATER)


class TestActFor:
    def test_switches_and_comes_back(self):
        director = a_citizen()
        firm = an_organisation(director=director)
        session, key = a_session(director, at=AT)
        act_for(session, representative_id=firm.representatives.get().pk, at=AT)
        assert session_of(key, AT).representative.organisation == firm
        act_for(session, representative_id=None, at=AT)
        assert session_of(key, AT).representative is None

    def test_is_refused_to_who_does_not_represent_it(self):
        firm = an_organisation(director=a_citizen())
        session, _ = a_session(a_citizen(), at=AT)
        with pytest.raises(Forbidden, match="không còn là người đại diện"):
            act_for(session, representative_id=firm.representatives.get().pk, at=AT)

    def test_an_organisation_names_and_ends_a_further_person(self):
        director, clerk = a_citizen(), a_citizen(name="Đỗ Văn Nộp")
        firm = an_organisation(director=director)
        number = clerk.applicant.personal_number
        with pytest.raises(InvalidInput, match="Không tìm thấy"):
            name_representative(
                firm, name="Đỗ Văn Khác", personal_number=number, title="Kế toán", by=director, at=AT
            )
        row = name_representative(
            firm, name="Do Van Nop", personal_number=number, title="Kế toán", by=director, at=AT
        )
        session, _ = a_session(clerk, at=AT, acting_for=firm)
        end_representative(firm, representative_id=row.pk, by=director, at=LATER)
        assert not represented_by(clerk, LATER)
        session.refresh_from_db()
        assert not session.representative.acts_at(LATER)

    def test_goes_on_after_a_surer_sign_in(self):
        director = a_citizen()
        firm = an_organisation(director=director)
        session, _ = a_session(director, level="1", at=AT, acting_for=firm)
        link = director.links.get()
        again = claims(subject=link.subject, personal_number=director.applicant.personal_number)
        assert sign_in(again, at=AT, previous=session).session.representative.organisation == firm


class TestContact:
    def test_is_changed_by_its_owner(self):
        account = a_citizen()
        with pytest.raises(InvalidInput) as refusal:
            change_contact(account, email="", phone="", channel="SMS", by=account, at=AT)
        assert set(refusal.value.errors) == {"phone"}
        change_contact(account, email="a@vidu.vn", phone="+84 912 345 678", channel="SMS", by=account, at=AT)
        account.refresh_from_db()
        assert (account.email, account.phone, account.channel) == ("a@vidu.vn", "0912345678", "SMS")
        assert Line.objects.of(account.pk).last().payload == {"changed": ["email", "phone"]}, (
            "news went by SMS already"
        )
