"""Where a request comes from, behind the proxies that the deployment names."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address

IPV6_SITE_BITS = 64


def client_address(request: HttpRequest) -> str:
    """Return the client's address in its one spelling, empty where even the server does not know it (a Unix socket).

    Each of our proxies appends to X-Forwarded-For whom it has heard, so the entry counts that the outermost of them wrote; all
    before it is what the client says. Where that is no address, the nearest to it that one of ours wrote is taken: nobody gets
    a fresh identity by making things up.
    """
    hops: int = settings.TRUSTED_PROXY_HOPS
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    candidates = (_parse(text) for text in (*(forwarded[-hops:] if hops else ()), request.META.get("REMOTE_ADDR", "")))
    return str(next((address for address in candidates if address is not None), ""))


def site_of(address: str) -> str:
    """Return what is counted as one client: an IPv4 address, or the /64 of an IPv6 address, of which a household has them all."""
    if ":" not in address:
        return address
    return str(ip_network(f"{address}/{IPV6_SITE_BITS}", strict=False))


def _parse(text: str) -> Address | None:
    """Return the address that a proxy wrote down, with or without a port; None where it is none."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
