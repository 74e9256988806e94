import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.utils.functional import lazystr

from config.rest.fields import instant_text
from config.rest.renderers import ORJSONRenderer

INSTANT = dt.datetime(2026, 1, 31, 8, 30, 0, 120, tzinfo=dt.UTC)


def test_values_of_the_contract():
    data = {
        "id": uuid.UUID(int=1),
        "at": INSTANT,
        "whole": INSTANT.replace(microsecond=0),
        "on": INSTANT.date(),
        "rate": Decimal("0.7500"),
        "text": lazystr("Übung"),
    }
    assert ORJSONRenderer().render(data).decode() == (
        '{"id":"00000000-0000-0000-0000-000000000001","at":"2026-01-31T08:30:00.000120Z","whole":"2026-01-31T08:30:00Z",'
        '"on":"2026-01-31","rate":"0.7500","text":"Übung"}'
    )


def test_instants_look_the_same_from_a_field():
    assert ORJSONRenderer().render(INSTANT).decode() == f'"{instant_text(INSTANT)}"'


def test_nothing_is_an_empty_body():
    assert ORJSONRenderer().render(None) == b""


def test_what_has_no_form_in_json():
    with pytest.raises(TypeError):
        ORJSONRenderer().render({"x": object()})


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/json",
        "application/*",
        "text/html, */*;q=0.1",
        "application/json; indent=8; x=y",
        "text/html,application/json",
    ],
)
def test_the_media_type_is_ours_whatever_is_accepted(anonymous, accept):
    response = anonymous.post("/api/things/", {"name": "Tea"}, headers={"accept": accept})
    assert response.status_code == 201
    assert response["Content-Type"] == "application/json"


def test_pictures(anonymous):
    response = anonymous.get("/api/pictures/", headers={"accept": "image/svg+xml"})
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert response.content == b"<svg/>"
