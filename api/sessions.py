"""Who is logged in: a signed cookie, and a brake on guessing passwords."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Final

from itsdangerous import BadSignature, TimestampSigner

COOKIE: Final = "crisisdesk_session"
_SALT: Final = b"crisisdesk.session.1"


class Sessions:
    """Signs and reads session cookies; `clock` gives aware datetimes."""

    def __init__(self, key: bytes, clock: Callable[[], datetime], hours: int) -> None:
        self.max_age_s = hours * 3600
        self._signer = _ClockSigner(key, clock)

    def issue(self, user: str) -> str:
        """A cookie value for this user name."""
        return self._signer.sign(user.encode("utf-8").hex()).decode("ascii")

    def read(self, cookie: str | None) -> str | None:
        """The user name of a valid, unexpired cookie; otherwise None."""
        if not cookie:
            return None
        try:
            raw = self._signer.unsign(cookie.encode("utf-8"), max_age=self.max_age_s)
            return bytes.fromhex(raw.decode("ascii")).decode("utf-8")
        except (BadSignature, ValueError):
            return None


class _ClockSigner(TimestampSigner):
    def __init__(self, key: bytes, clock: Callable[[], datetime]) -> None:
        super().__init__(key, salt=_SALT)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())


class LoginBrake:
    """Counts failed logins by account and by address within a window; bounded memory.

    The account limit is strict; the address limit is wider, because an office shares one address.
    """

    _LIMITS: Final = {"account": 5, "address": 30}
    _WINDOW_S: Final = 300
    _REMEMBERED: Final = 10_000

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], tuple[float, ...]] = OrderedDict()

    def wait_s(self, account: str, address: str) -> int:
        """Seconds until the next attempt is heard; 0 when it is heard now."""
        return max(self._wait("account", account), self._wait("address", address))

    def failed(self, account: str, address: str) -> None:
        """Remember one wrong password."""
        for key in (("account", account), ("address", address)):
            self._failures[key] = (*self._recent(key), self._now())
            self._failures.move_to_end(key)
        while len(self._failures) > self._REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, account: str) -> None:
        """A right password clears the account's count, not the address's."""
        self._failures.pop(("account", account), None)

    def _now(self) -> float:
        return self._clock().timestamp()

    def _recent(self, key: tuple[str, str]) -> tuple[float, ...]:
        start = self._now() - self._WINDOW_S
        return tuple(moment for moment in self._failures.get(key, ()) if moment > start)

    def _wait(self, kind: str, name: str) -> int:
        recent = self._recent((kind, name))
        if len(recent) < self._LIMITS[kind]:
            return 0
        return max(1, int(recent[-self._LIMITS[kind]] + self._WINDOW_S - self._now()))
