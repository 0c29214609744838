from __future__ import annotations

from django.urls import URLPattern, path

from motcua.integrations.sign_in.simulator import views

app_name = "simulated_sign_in"

urlpatterns: list[URLPattern] = [
    path("<slug:provider>/.well-known/openid-configuration", views.discovery, name="discovery"),
    path("<slug:provider>/jwks/", views.jwks, name="jwks"),
    path("<slug:provider>/authorize/", views.authorize, name="authorize"),
    path("<slug:provider>/token/", views.token, name="token"),
    path("<slug:provider>/userinfo/", views.userinfo, name="userinfo"),
    path("<slug:provider>/introspect/", views.introspect, name="introspect"),
    path("<slug:provider>/revoke/", views.revoke, name="revoke"),
    path("<slug:provider>/logout/", views.logout, name="logout"),
]
