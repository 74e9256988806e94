import pytest
from django.test import RequestFactory

from config.addresses import client_address, site_of


def address(forwarded: str | None, hops: int, settings, remote: str = "192.0.2.1") -> str:
    settings.TRUSTED_PROXY_HOPS = hops
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=remote, **headers))


@pytest.mark.parametrize(
    ("forwarded", "hops", "expected"),
    [
        (None, 0, "192.0.2.1"),
        ("198.51.100.7", 0, "192.0.2.1"),
        ("198.51.100.7", 1, "198.51.100.7"),
        ("203.0.113.9, 198.51.100.7", 1, "198.51.100.7"),
        ("203.0.113.9,198.51.100.7", 2, "203.0.113.9"),
        ("10.0.0.1, 203.0.113.9, 198.51.100.7", 2, "203.0.113.9"),
        # with fewer entries than proxies, the first that one of them wrote
        ("198.51.100.7", 2, "198.51.100.7"),
        (None, 2, "192.0.2.1"),
        ("", 1, "192.0.2.1"),
        # what is no address, nearest first
        ("made up", 1, "192.0.2.1"),
        ("203.0.113.9, made up", 1, "192.0.2.1"),
        ("made up, 198.51.100.7", 2, "198.51.100.7"),
        (", ,", 2, "192.0.2.1"),
        ("198.51.100.256", 1, "192.0.2.1"),
        ("0198.51.100.7", 1, "192.0.2.1"),
        # with a port, as some proxies write
        ("198.51.100.7:4711", 1, "198.51.100.7"),
        ("[2001:db8::7]:4711", 1, "2001:db8::7"),
        ("[2001:db8::7]", 1, "2001:db8::7"),
    ],
)
def test_the_client_is_whom_the_outermost_of_our_proxies_has_heard(settings, forwarded, hops, expected):
    assert address(forwarded, hops, settings) == expected


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [
        ("2001:0DB8:0:0:0:0:0:7", "2001:db8::7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("::FFFF:c633:6407", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_an_address_has_one_spelling(settings, spelled, expected):
    assert address(spelled, 1, settings) == expected
    assert address(None, 0, settings, remote=spelled) == expected


def test_behind_a_unix_socket_everybody_is_one(settings):
    assert address(None, 0, settings, remote="") == ""
    assert site_of("") == ""


def test_a_household_has_all_addresses_of_a_64():
    assert site_of("2001:db8:1:2:3:4:5:6") == site_of("2001:db8:1:2::") == "2001:db8:1:2::/64"
    assert site_of("2001:db8:1:3::") != site_of("2001:db8:1:2::")
    assert site_of("198.51.100.7") == "198.51.100.7"
