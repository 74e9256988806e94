"""What views declare about limits, and what is counted against them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.response import Response

from config.addresses import client_address, site_of
from config.limits.counting import Receipt, take
from config.limits.stores import Charge, Standing
from config.rates import Rate
from config.rest.errors import Throttled
from config.text import key_of

# Longer than whatever is taken as the name of an account.
ACCOUNT_MAX_LENGTH: Final = 255


class By(Enum):
    """What a limit counts apart. An account is what the body calls it, whether or not it exists."""

    ADDRESS = auto()
    ACCOUNT = auto()
    ACCOUNT_AND_ADDRESS = auto()
    # With a personal token, which has no session, its user.
    SESSION = auto()
    USER = auto()


def nobody_is_known(account: str, address: str) -> bool:
    """Tell that the account has not been used from the address before."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How often an action may be called, as the setting (and variable) of this name says.

    `is_known(account, address)` exempts an account's own addresses, so that strangers who use up what an account has do not lock
    its owner out. It is given the account by its key and the client's address, whose site (`config.addresses.site_of`) counts.
    """

    setting: str
    by: By
    # The field of the body with the account.
    account_field: str = "username"
    # Whether only what is answered with 4xx counts. It counts from the start, so that parallel attempts do not slip through.
    counts_failures: bool = False
    is_known: Callable[[str, str], bool] = nobody_is_known
    # The field without which a body does not concern it.
    only_with: str = ""

    @property
    def policy(self) -> str:
        """The name for clients: `login-address`."""
        return self.setting.removeprefix("LIMIT_").lower().replace("_", "-")

    def charge(self, request: Request, *, is_vital: bool) -> Charge | None:
        """Return what the request is charged, None if the limit does not concern it."""
        subject = self._subject(request) if self._concerns(request) else None
        if subject is None:
            return None
        rate: Rate = settings.LIMITS[self.setting]
        # Addresses and names are few: without the key of the digest they could be found by trying.
        key = salted_hmac(f"limits:{self.setting}", "\n".join(subject), algorithm="sha256").hexdigest()
        return Charge(self.policy, key, rate, is_vital, self.counts_failures)

    def _concerns(self, request: Request) -> bool:
        return not self.only_with or (isinstance(request.data, Mapping) and self.only_with in request.data)

    def _subject(self, request: Request) -> tuple[str, ...] | None:
        if self.by in (By.USER, By.SESSION):
            user: Any = request.user
            if user.pk is None:
                return None
            # A claim may be void: whoever holds a token of a session that has ended uses up nothing of its user's.
            session = user.session_id if self.by is By.SESSION or user.is_claim else None
            return (str(session or user.pk),)
        address = client_address(request)
        if self.by is By.ADDRESS:
            return (site_of(address),)
        account = account_of(request, self.account_field)
        if account is None or self.is_known(account, address):
            return None
        return (account,) if self.by is By.ACCOUNT else (account, site_of(address))


# For every action, where a cache server makes it cheap to count each request.
GENERAL: Final = (Limit(setting="LIMIT_USER", by=By.USER), Limit(setting="LIMIT_ADDRESS", by=By.ADDRESS))


def account_of(request: Request, field: str) -> str | None:
    """Return the key of the account that the body names, None where it names none; a body that is not JSON is refused here."""
    account = request.data.get(field) if isinstance(request.data, Mapping) else None
    # Nothing is charged yet, and the time of normalising grows with the square of the length.
    return key_of(account.strip()[:ACCOUNT_MAX_LENGTH]) if isinstance(account, str) else None


def charges_of(declared: Sequence[Limit], request: Request) -> list[Charge]:
    """Return what the request is charged: by the limits that its action declares, and by the general ones."""
    return list(_charges(declared, request))


def _charges(declared: Sequence[Limit], request: Request) -> Iterator[Charge]:
    general = GENERAL if settings.REDIS_URL else ()
    for limits, is_vital in ((declared, True), (general, False)):
        for limit in limits:
            charge = limit.charge(request, is_vital=is_vital)
            if charge is not None:
                yield charge


def count(limit: Limit, request: HttpRequest | Request) -> None:
    """Count a request against a limit that no action declares; raise Throttled where there is no room for it."""
    charge = limit.charge(request if isinstance(request, Request) else Request(request), is_vital=True)
    check(take([] if charge is None else [charge]))


def check(receipt: Receipt) -> None:
    """Raise Throttled if there was no room for the request."""
    if receipt.refused:
        refusal = Throttled()
        refusal.retry_after_seconds = max(standing.seconds_left for standing in receipt.refused)
        raise refusal


def settle(receipt: Receipt, response: Response) -> None:
    """Give back what the answer shows to be no failure; one that is not for everybody tells how the tightest limit stands."""
    if not 400 <= response.status_code < 500:
        receipt.give_back()
    is_for_all = response.headers.get("Cache-Control", "").startswith("public")
    if receipt.standings and not is_for_all:
        tightest = min(receipt.standings, key=_room)
        policy, rate = tightest.charge.policy, tightest.charge.rate
        response["RateLimit-Policy"] = f'"{policy}";q={rate.amount};w={rate.seconds}'
        response["RateLimit"] = f'"{policy}";r={tightest.remaining};t={tightest.seconds_left}'


def _room(standing: Standing) -> tuple[bool, int, int]:
    return not standing.is_refused, standing.remaining, -standing.seconds_left
