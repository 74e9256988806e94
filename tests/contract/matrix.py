"""Every route and method, and what it answers to whom.

`viewer`, `logger` and `member` (of a group) were granted something on the habit that `{habit}` stands for, `outsider` and `staff`
were not. `foreign` and `missing` are the owner with somebody else's id and with one that does not exist, in the place of each id
of the address; `-` where the address has none.
"""

import re
from dataclasses import dataclass
from typing import Final

COLUMNS: Final = ("anonymous", "inactive", "outsider", "staff", "viewer", "member", "logger", "owner", "foreign", "missing")
ROLES: Final = COLUMNS[:8]

#                                               anon inact outs staff view memb logg own  foreign missing
TABLE: Final = """
GET    /healthz/                                 200  200  200  200  200  200  200  200   -    -
GET    /readyz/                                  200  200  200  200  200  200  200  200   -    -
GET    /api/schema/                              200  200  200  200  200  200  200  200   -    -
GET    /api/docs/                                200  200  200  200  200  200  200  200   -    -
GET    /api/redoc/                               200  200  200  200  200  200  200  200   -    -
GET    /docs/errors                              200  200  200  200  200  200  200  200   -    -

POST   /api/v1/users/                            201  201  201  201  201  201  201  201   -    -
GET    /api/v1/users/me/                         401  401  200  200  200  200  200  200   -    -
PUT    /api/v1/users/me/                         401  401  200  200  200  200  200  200   -    -
PATCH  /api/v1/users/me/                         401  401  200  200  200  200  200  200   -    -
POST   /api/v1/auth/token/                       401  401  401  401  401  401  401  401   -    -
POST   /api/v1/auth/token/refresh/               401  401  401  401  401  401  401  401   -    -
GET    /api/v1/jobs/{job}/                       401  401  404  404  404  404  404  200  404  404

GET    /api/v1/agenda/                           401  401  200  200  200  200  200  200   -    -
GET    /api/v1/progress/                         401  401  200  200  200  200  200  200   -    -
GET    /api/v1/insights/summary/                 401  401  200  200  200  200  200  200   -    -
GET    /api/v1/insights/trends/                  401  401  200  200  200  200  200  200   -    -
GET    /api/v1/insights/trends.svg               401  401  200  200  200  200  200  200   -    -

GET    /api/v1/habits/                           401  401  200  200  200  200  200  200   -    -
POST   /api/v1/habits/                           401  401  201  201  201  201  201  201   -    -
POST   /api/v1/habits/reorder/                   401  401  400  400  400  400  400  204   -    -
GET    /api/v1/habits/shared/                    401  401  200  200  200  200  200  200   -    -
GET    /api/v1/habits/{habit}/                   401  401  404  404  200  200  200  200  404  404
PUT    /api/v1/habits/{habit}/                   401  401  404  404  403  403  403  200  404  404
PATCH  /api/v1/habits/{habit}/                   401  401  404  404  403  403  403  200  404  404
DELETE /api/v1/habits/{habit}/                   401  401  404  404  403  403  403  204  404  404
GET    /api/v1/habits/{habit}/schedules/         401  401  404  404  200  200  200  200  404  404
GET    /api/v1/habits/{habit}/streaks/           401  401  404  404  200  200  200  200  404  404
GET    /api/v1/habits/{habit}/insights/          401  401  404  404  200  200  200  200  404  404
GET    /api/v1/habits/{habit}/heatmap.svg        401  401  404  404  200  200  200  200  404  404

GET    /api/v1/habits/{habit}/pauses/            401  401  404  404  200  200  200  200  404  404
POST   /api/v1/habits/{habit}/pauses/            401  401  404  404  403  403  403  201  404  404
PATCH  /api/v1/habits/{habit}/pauses/{pause}/    401  401  404  404  403  403  403  200  404  404
DELETE /api/v1/habits/{habit}/pauses/{pause}/    401  401  404  404  403  403  403  204  404  404
POST   /api/v1/pauses/                           401  401  400  400  400  400  400  201   -    -

GET    /api/v1/habits/{habit}/logs/              401  401  404  404  200  200  200  200  404  404
POST   /api/v1/habits/{habit}/logs/              401  401  404  404  403  201  201  201  404  404
GET    /api/v1/habits/{habit}/logs/{date}/       401  401  404  404  200  200  200  200  404  404
PUT    /api/v1/habits/{habit}/logs/{date}/       401  401  404  404  403  200  200  200  404  404
PATCH  /api/v1/habits/{habit}/logs/{date}/       401  401  404  404  403  200  200  200  404  404
DELETE /api/v1/habits/{habit}/logs/{date}/       401  401  404  404  403  200  200  200  404  404
POST   /api/v1/habits/{habit}/logs/{date}/add/   401  401  404  404  403  409  409  409  404  404
POST   /api/v1/logs/batch/                       401  401  400  400  400  200  200  200   -    -

POST   /api/v1/imports/                          401  401  202  202  202  202  202  202   -    -
GET    /api/v1/imports/{import}/                 401  401  404  404  404  404  404  200  404  404
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One route with one method; statuses by column."""

    method: str
    path: str
    statuses: dict[str, int | None]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def ids(self) -> list[str]:
        """The names of the ids in the address."""
        return [name for name in re.findall(r"{(\w+)}", self.path) if name != "date"]


def _row(line: str) -> Row:
    method, path, *statuses = line.split()
    numbers = [None if word == "-" else int(word) for word in statuses]
    return Row(method, path, dict(zip(COLUMNS, numbers, strict=True)))


MATRIX: Final = [_row(line) for line in TABLE.splitlines() if line]
