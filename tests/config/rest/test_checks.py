from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from django.core.checks import run_checks
from django.urls import include, path
from rest_framework.views import APIView

from config.rest.checks import check_access
from config.rest.limits import By, Limit
from config.rest.permissions import USER
from config.rest.views import ApiViewSet


class PlainView(APIView):
    pass


class HalfViewSet(ApiViewSet):
    access: ClassVar = {"list": USER, "crate": USER}
    conditional_actions = frozenset({"list", "retreive"})

    def list(self, request: Any) -> None: ...

    def create(self, request: Any) -> None: ...


class OddViewSet(ApiViewSet):
    access: ClassVar = {"list": USER}
    limits: ClassVar = {
        "list": [Limit(setting="LIMIT_USER", by=By.USER), Limit(setting="LIMIT_NOTHING", by=By.USER)],
        "lost": [Limit(setting="LIMIT_USER", by=By.USER)],
    }

    def list(self, request: Any) -> None: ...


def faults(monkeypatch: pytest.MonkeyPatch, *patterns: Any) -> list[str]:
    resolver = SimpleNamespace(url_patterns=patterns)
    monkeypatch.setattr("config.rest.checks.get_resolver", lambda: resolver)
    return [fault.id for fault in check_access(None)]


def test_actions_without_a_rule_and_rules_without_an_action(monkeypatch):
    half = HalfViewSet.as_view({"get": "list", "post": "create"})
    assert faults(monkeypatch, path("", include([path("a/", half), path("b/", half)]))) == ["rest.E002", "rest.E003", "rest.E006"]


def test_limits_without_a_setting_or_an_action(monkeypatch):
    odd = OddViewSet.as_view({"get": "list"})
    assert faults(monkeypatch, path("", odd)) == ["rest.E004", "rest.E005"]


def test_views_of_another_make(monkeypatch):
    assert faults(monkeypatch, path("", PlainView.as_view())) == ["rest.E001"]


def test_the_check_is_part_of_every_start(settings):
    found = [fault for fault in run_checks() if fault.id and fault.id.startswith("rest.")]
    assert [fault.id for fault in found] == ["rest.E002"]
    assert "ClosedViewSet is routed to list without a rule" in found[0].msg


def test_the_service_is_clean(settings):
    settings.ROOT_URLCONF = "config.urls"
    assert check_access(None) == []
