from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory

from motcua.core.time import now
from motcua.foundation.citizens.middleware import CitizenMiddleware
from motcua.foundation.citizens.operations.acting import end_representative
from motcua.foundation.citizens.sessions import COOKIE
from motcua.foundation.citizens.tests.factories import a_citizen, a_session, an_organisation

pytestmark = pytest.mark.django_db


def asked(key=""):
    request = RequestFactory().get("/")
    if key:
        request.COOKIES[COOKIE] = key
    CitizenMiddleware(lambda _: None)(request)
    return request


class TestMiddleware:
    def test_asks_nothing_of_the_database_for_a_guest(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            request = asked()
        assert request.citizen is request.representative is request.citizen_session is None

    def test_knows_a_person(self, django_assert_num_queries):
        account = a_citizen()
        session, key = a_session(account)
        with django_assert_num_queries(1):
            request = asked(key)
            assert (request.citizen.name, request.representative) == (account.name, None)
        assert request.citizen_session == session

    def test_knows_for_whom_a_person_acts_until_that_ends(self):
        director = a_citizen()
        firm = an_organisation(director=director)
        _, key = a_session(director, acting_for=firm)
        request = asked(key)
        assert request.citizen == firm
        assert request.representative.person == director.applicant
        row = firm.representatives.get()
        end_representative(firm, representative_id=row.pk, by=firm, at=now() - timedelta(seconds=1))
        assert asked(key).citizen == director

    def test_takes_no_invented_key(self):
        assert asked("một khóa tự bịa").citizen is None
