"""Every route and method, and what it answers to whom.

The habit that `{habit}` stands for is shared with `viewer` and `logger`, and granted to `member` by a group; `outsider` and
`staff` do not see it. `{share}` and `{achievement}` are between the owner and the viewer; in the owner's private `{challenge}`
both take part, and the logger is invited to it. `foreign` and `missing` are the owner with somebody else's id and with one that
does not exist, in the place of each id of the address; `-` where the address has none.
`scope` is what a personal token needs: `login` where none will do, `-` where anyone may call. In the group that `{group}` stands
for, `owner` and `member` are what they are called; the roles of groups have a table of their own.
"""

import re
from dataclasses import dataclass
from typing import Final

COLUMNS: Final = ("anonymous", "inactive", "outsider", "staff", "viewer", "member", "logger", "owner", "foreign", "missing")
ROLES: Final = COLUMNS[:8]

#                                               anon inact outs staff view memb logg own  foreign missing  scope
TABLE: Final = """
GET    /healthz/                                 200  200  200  200  200  200  200  200   -    -     -
GET    /readyz/                                  200  200  200  200  200  200  200  200   -    -     -
GET    /api/schema/                              200  200  200  200  200  200  200  200   -    -     -
GET    /api/docs/                                200  200  200  200  200  200  200  200   -    -     -
GET    /api/redoc/                               200  200  200  200  200  200  200  200   -    -     -
GET    /docs/errors                              200  200  200  200  200  200  200  200   -    -     -
GET    /account/verify-email/                    200  200  200  200  200  200  200  200   -    -     -
GET    /account/reset-password/                  200  200  200  200  200  200  200  200   -    -     -
GET    /invitations/                             200  200  200  200  200  200  200  200   -    -     -
GET    /s/{share_key}/                           200  200  200  200  200  200  200  200   -    -     -
GET    /s/{share_key}.png                        200  200  200  200  200  200  200  200   -    -     -

POST   /api/v1/users/                            201  201  201  201  201  201  201  201   -    -     -
GET    /api/v1/users/                            401  401  403  200  403  403  403  403   -    -     login
GET    /api/v1/users/me/                         401  401  200  200  200  200  200  200   -    -     account:read
PUT    /api/v1/users/me/                         401  401  200  200  200  200  200  200   -    -     account:write
PATCH  /api/v1/users/me/                         401  401  200  200  200  200  200  200   -    -     account:write
DELETE /api/v1/users/me/                         401  401  204  204  204  204  204  204   -    -     login
POST   /api/v1/users/me/deletion/                401  401  204  204  204  204  204  204   -    -     login
POST   /api/v1/users/me/password/                401  401  204  204  204  204  204  204   -    -     login
POST   /api/v1/users/me/export/                  401  401  202  202  202  202  202  202   -    -     login
GET    /api/v1/users/me/exports/{job}/           401  401  404  404  404  404  404  200  404  404    login
GET    /api/v1/users/lookup/                     401  401  200  200  200  200  200  200   -    -     login
GET    /api/v1/users/{user}/                     401  401  404  200  404  404  404  200  404  404    account:read
PUT    /api/v1/users/{user}/                     401  401  404  200  404  404  404  200  404  404    account:write
PATCH  /api/v1/users/{user}/                     401  401  404  200  404  404  404  200  404  404    account:write
DELETE /api/v1/users/{user}/                     401  401  404  204  404  404  404  204  404  404    login
POST   /api/v1/auth/token/                       401  401  401  401  401  401  401  401   -    -     -
POST   /api/v1/auth/token/refresh/               401  401  401  401  401  401  401  401   -    -     -
POST   /api/v1/auth/logout/                      401  401  401  401  401  401  401  401   -    -     -
GET    /api/v1/auth/sessions/                    401  401  200  200  200  200  200  200   -    -     login
DELETE /api/v1/auth/sessions/{session}/          401  401  404  404  404  404  404  204  404  404    login
POST   /api/v1/auth/password-reset/              202  202  202  202  202  202  202  202   -    -     -
POST   /api/v1/auth/password-reset/confirm/      400  400  400  400  400  400  400  400   -    -     -
POST   /api/v1/auth/verify-email/                400  400  400  400  400  400  400  400   -    -     -
POST   /api/v1/auth/verify-email/resend/         401  401  202  202  202  202  202  202   -    -     login
GET    /api/v1/auth/personal-tokens/             401  401  200  200  200  200  200  200   -    -     login
POST   /api/v1/auth/personal-tokens/             401  401  201  201  201  201  201  201   -    -     login
DELETE /api/v1/auth/personal-tokens/{token}/     401  401  404  404  404  404  404  204  404  404    login
GET    /api/v1/jobs/{job}/                       401  401  404  404  404  404  404  200  404  404    account:read

GET    /api/v1/agenda/                           401  401  200  200  200  200  200  200   -    -     habits:read
GET    /api/v1/progress/                         401  401  200  200  200  200  200  200   -    -     habits:read
GET    /api/v1/insights/summary/                 401  401  200  200  200  200  200  200   -    -     habits:read
GET    /api/v1/insights/trends/                  401  401  200  200  200  200  200  200   -    -     habits:read
GET    /api/v1/insights/trends.svg               401  401  200  200  200  200  200  200   -    -     habits:read

GET    /api/v1/habits/                           401  401  200  200  200  200  200  200   -    -     habits:read
POST   /api/v1/habits/                           401  401  201  201  201  201  201  201   -    -     habits:write
POST   /api/v1/habits/reorder/                   401  401  400  400  400  400  400  204   -    -     habits:write
GET    /api/v1/habits/shared/                    401  401  200  200  200  200  200  200   -    -     habits:read
GET    /api/v1/habits/{habit}/                   401  401  404  404  200  200  200  200  404  404    habits:read
PUT    /api/v1/habits/{habit}/                   401  401  404  404  403  403  403  200  404  404    habits:write
PATCH  /api/v1/habits/{habit}/                   401  401  404  404  403  403  403  200  404  404    habits:write
DELETE /api/v1/habits/{habit}/                   401  401  404  404  403  403  403  204  404  404    habits:write
GET    /api/v1/habits/{habit}/schedules/         401  401  404  404  200  200  200  200  404  404    habits:read
GET    /api/v1/habits/{habit}/streaks/           401  401  404  404  200  200  200  200  404  404    habits:read
GET    /api/v1/habits/{habit}/milestones/        401  401  404  404  200  200  200  200  404  404    habits:read
GET    /api/v1/habits/{habit}/insights/          401  401  404  404  200  200  200  200  404  404    habits:read
GET    /api/v1/habits/{habit}/heatmap.svg        401  401  404  404  200  200  200  200  404  404    habits:read

GET    /api/v1/habits/{habit}/pauses/            401  401  404  404  200  200  200  200  404  404    habits:read
POST   /api/v1/habits/{habit}/pauses/            401  401  404  404  403  403  403  201  404  404    habits:write
PATCH  /api/v1/habits/{habit}/pauses/{pause}/    401  401  404  404  403  403  403  200  404  404    habits:write
DELETE /api/v1/habits/{habit}/pauses/{pause}/    401  401  404  404  403  403  403  204  404  404    habits:write
POST   /api/v1/pauses/                           401  401  400  400  400  400  400  201   -    -     habits:write

GET    /api/v1/habits/{habit}/goals/             401  401  404  404  403  403  403  200  404  404    habits:read
POST   /api/v1/habits/{habit}/goals/             401  401  404  404  403  403  403  201  404  404    habits:write
GET    /api/v1/goals/                            401  401  200  200  200  200  200  200   -    -     habits:read
GET    /api/v1/goals/{goal}/                     401  401  404  404  404  404  404  200  404  404    habits:read
PUT    /api/v1/goals/{goal}/                     401  401  404  404  404  404  404  200  404  404    habits:write
PATCH  /api/v1/goals/{goal}/                     401  401  404  404  404  404  404  200  404  404    habits:write
DELETE /api/v1/goals/{goal}/                     401  401  404  404  404  404  404  204  404  404    habits:write

GET    /api/v1/habits/{habit}/logs/              401  401  404  404  200  200  200  200  404  404    habits:read
POST   /api/v1/habits/{habit}/logs/              401  401  404  404  403  201  201  201  404  404    habits:write
GET    /api/v1/habits/{habit}/logs/{date}/       401  401  404  404  200  200  200  200  404  404    habits:read
PUT    /api/v1/habits/{habit}/logs/{date}/       401  401  404  404  403  200  200  200  404  404    habits:write
PATCH  /api/v1/habits/{habit}/logs/{date}/       401  401  404  404  403  200  200  200  404  404    habits:write
DELETE /api/v1/habits/{habit}/logs/{date}/       401  401  404  404  403  200  200  200  404  404    habits:write
POST   /api/v1/habits/{habit}/logs/{date}/add/   401  401  404  404  403  409  409  409  404  404    habits:write
POST   /api/v1/logs/batch/                       401  401  400  400  400  200  200  200   -    -     habits:write

GET    /api/v1/habits/{habit}/shares/            401  401  404  404  403  403  403  200  404  404    sharing:read
POST   /api/v1/habits/{habit}/shares/            401  401  404  404  403  403  403  201  404  404    sharing:write
GET    /api/v1/shares/                           401  401  200  200  200  200  200  200   -    -     sharing:read
GET    /api/v1/shares/{share}/                   401  401  404  404  200  404  404  200  404  404    sharing:read
PATCH  /api/v1/shares/{share}/                   401  401  404  404  403  404  404  200  404  404    sharing:write
DELETE /api/v1/shares/{share}/                   401  401  404  404  204  404  404  204  404  404    sharing:write
POST   /api/v1/shares/{share}/accept/            401  401  404  404  200  404  404  403  404  404    sharing:write
GET    /api/v1/achievements/                     401  401  200  200  200  200  200  200   -    -     sharing:read
POST   /api/v1/achievements/                     401  401  400  400  400  400  400  201   -    -     sharing:write
GET    /api/v1/achievements/{achievement}/       401  401  404  404  200  404  404  200  404  404    sharing:read
DELETE /api/v1/achievements/{achievement}/       401  401  404  404  204  404  404  204  404  404    sharing:write

POST   /api/v1/imports/                          401  401  202  202  202  202  202  202   -    -     imports:write
GET    /api/v1/imports/{import}/                 401  401  404  404  404  404  404  200  404  404    imports:read

GET    /api/v1/groups/                           401  401  200  200  200  200  200  200   -    -     groups:read
POST   /api/v1/groups/                           401  401  201  201  201  201  201  201   -    -     groups:write
GET    /api/v1/groups/{group}/                   401  401  404  404  404  200  404  200  404  404    groups:read
PUT    /api/v1/groups/{group}/                   401  401  404  404  404  403  404  200  404  404    groups:write
PATCH  /api/v1/groups/{group}/                   401  401  404  404  404  403  404  200  404  404    groups:write
DELETE /api/v1/groups/{group}/                   401  401  404  404  404  403  404  204  404  404    groups:write
POST   /api/v1/groups/{group}/join/              401  401  404  404  404  200  404  200  404  404    groups:write
POST   /api/v1/groups/{group}/leave/             401  401  404  404  404  204  404  204  404  404    groups:write
GET    /api/v1/groups/{group}/members/           401  401  404  404  404  200  404  200  404  404    groups:read
PATCH  /api/v1/groups/{group}/members/{member}/  401  401  404  404  404  403  404  200  404  404    groups:write
DELETE /api/v1/groups/{group}/members/{member}/  401  401  404  404  404  403  404  204  404  404    groups:write
GET    /api/v1/groups/{group}/bans/              401  401  404  404  404  403  404  200  404  404    groups:read
DELETE /api/v1/groups/{group}/bans/{banned_user}/ 401 401 404  404  404  403  404  204  404  404    groups:write
GET    /api/v1/groups/{group}/join-requests/     401  401  404  404  404  403  404  200  404  404    groups:read
POST   /api/v1/groups/{group}/join-requests/{request}/approve/ 401 401 404 404 404 403 404 200 404 404 groups:write
POST   /api/v1/groups/{group}/join-requests/{request}/decline/ 401 401 404 404 404 403 404 204 404 404 groups:write
GET    /api/v1/groups/{group}/invitations/       401  401  404  404  404  403  404  200  404  404    groups:read
POST   /api/v1/groups/{group}/invitations/       401  401  404  404  404  403  404  201  404  404    groups:write
DELETE /api/v1/groups/{group}/invitations/{invitation}/ 401 401 404 404 404 403 404 204 404 404      groups:write
GET    /api/v1/invitations/{invitation_key}/     401  401  200  200  200  200  200  200   -    -     groups:read
POST   /api/v1/invitations/{invitation_key}/accept/ 401 401 200 200  200  200  200  200   -    -     groups:write
GET    /api/v1/groups/{group}/habits/            401  401  404  404  404  200  404  200  404  404    groups:read
POST   /api/v1/groups/{group}/habits/            401  401  404  404  404  400  404  201  404  404    groups:write
DELETE /api/v1/groups/{group}/habits/{shared_habit}/ 401 401 404 404 404 403  404  204  404  404    groups:write
GET    /api/v1/groups/{group}/progress/          401  401  404  404  404  200  404  200  404  404    groups:read
GET    /api/v1/groups/{group}/feed/              401  401  404  404  404  200  404  200  404  404    groups:read
POST   /api/v1/groups/{group}/feed/{event}/cheers/ 401 401 404  404  404  201  404  201  404  404    groups:write
DELETE /api/v1/groups/{group}/feed/{event}/cheers/ 401 401 404  404  404  204  404  204  404  404    groups:write
GET    /api/v1/groups/{group}/audit-log/         401  401  404  404  404  403  404  200  404  404    groups:read

GET    /api/v1/challenges/                       401  401  200  200  200  200  200  200   -    -     challenges:read
POST   /api/v1/challenges/                       401  401  201  201  201  201  201  201   -    -     challenges:write
GET    /api/v1/challenges/{challenge}/           401  401  404  404  200  404  200  200  404  404    challenges:read
PUT    /api/v1/challenges/{challenge}/           401  401  404  404  403  404  403  200  404  404    challenges:write
PATCH  /api/v1/challenges/{challenge}/           401  401  404  404  403  404  403  200  404  404    challenges:write
DELETE /api/v1/challenges/{challenge}/           401  401  404  404  403  404  403  204  404  404    challenges:write
POST   /api/v1/challenges/{challenge}/join/      401  401  404  404  200  404  200  200  404  404    challenges:write
POST   /api/v1/challenges/{challenge}/leave/     401  401  404  404  204  404  204  204  404  404    challenges:write
GET    /api/v1/challenges/{challenge}/fitting-habits/ 401 401 404 404 200 404 200  200  404  404    challenges:read
GET    /api/v1/challenges/{challenge}/participants/ 401 401 404 404  200  404  200  200  404  404    challenges:read
DELETE /api/v1/challenges/{challenge}/participants/{participant}/ 401 401 404 404 403 404 403 204 404 404 challenges:write
GET    /api/v1/challenges/{challenge}/invitations/ 401 401 404  404  403  404  403  200  404  404    challenges:read
POST   /api/v1/challenges/{challenge}/invitations/ 401 401 404  404  403  404  403  201  404  404    challenges:write
DELETE /api/v1/challenges/{challenge}/invitations/{invited_user}/ 401 401 404 404 403 404 403 204 404 404 challenges:write
GET    /api/v1/challenges/{challenge}/standings/ 401  401  404  404  200  404  200  200  404  404    challenges:read
GET    /api/v1/challenges/{challenge}/progress/  401  401  404  404  200  404  403  200  404  404    challenges:read
GET    /api/v1/challenges/{challenge}/announcements/ 401 401 404 404 200  404  403  200  404  404    challenges:read
POST   /api/v1/challenges/{challenge}/announcements/ 401 401 404 404 403  404  403  201  404  404    challenges:write
GET    /api/v1/announcements/{announcement}/     401  401  404  404  200  404  404  200  404  404    challenges:read
PATCH  /api/v1/announcements/{announcement}/     401  401  404  404  403  404  404  200  404  404    challenges:write
DELETE /api/v1/announcements/{announcement}/     401  401  404  404  403  404  404  204  404  404    challenges:write

GET    /api/v1/leaderboards/                     200  401  200  200  200  200  200  200   -    -     leaderboards:read
GET    /api/v1/leaderboards/{metric}/            200  401  200  200  200  200  200  200   -    -     leaderboards:read
GET    /api/v1/leaderboards/{metric}/me/         401  401  200  200  200  200  200  200   -    -     leaderboards:read

GET    /api/v1/share-links/                      401  401  200  200  200  200  200  200   -    -     sharing:read
POST   /api/v1/share-links/                      401  401  400  400  403  403  403  201   -    -     sharing:write
GET    /api/v1/share-links/{link}/               401  401  404  404  404  404  404  200  404  404    sharing:read
PATCH  /api/v1/share-links/{link}/               401  401  404  404  404  404  404  200  404  404    sharing:write
DELETE /api/v1/share-links/{link}/               401  401  404  404  404  404  404  204  404  404    sharing:write
GET    /api/v1/shared/{share_key}/               200  200  200  200  200  200  200  200   -    -     -
"""

# The roles in a group: in the private one, which nobody else sees, in the public one, in somebody else's, and in none.
GROUP_ROLES: Final = ("anonymous", "outsider", "staff", "banned", "former", "asker", "member", "admin", "owner")
#                                    anon outs staff bann form ask  memb admi own    anon outs staff bann form ask  memb admi own
GROUP_TABLE: Final = """
GET    /                              401  404  404  404  404  404  200  200  200    401  200  200  200  200  200  200  200  200
PUT    /                              401  404  404  404  404  404  403  200  200    401  403  403  403  403  403  403  200  200
PATCH  /                              401  404  404  404  404  404  403  200  200    401  403  403  403  403  403  403  200  200
DELETE /                              401  404  404  404  404  404  403  403  204    401  403  403  403  403  403  403  403  204
POST   /join/                         401  404  404  404  404  404  200  200  200    401  202  202  403  202  202  200  200  200
POST   /leave/                        401  404  404  404  404  404  204  204  204    401  204  204  204  204  204  204  204  204
GET    /members/                      401  404  404  404  404  404  200  200  200    401  403  403  403  403  403  200  200  200
PATCH  /members/{member}/             401  404  404  404  404  404  403  200  200    401  403  403  403  403  403  403  200  200
PATCH  /members/{founder}/            401  404  404  404  404  404  403  403  200    401  403  403  403  403  403  403  403  200
PATCH  /members/{outsider}/           401  404  404  404  404  404  403  404  404    401  403  403  403  403  403  403  404  404
DELETE /members/{member}/             401  404  404  404  404  404  403  204  204    401  403  403  403  403  403  403  204  204
DELETE /members/{founder}/            401  404  404  404  404  404  403  403  204    401  403  403  403  403  403  403  403  204
DELETE /members/{outsider}/           401  404  404  404  404  404  403  404  404    401  403  403  403  403  403  403  404  404
DELETE /members/{member}/?ban=true    401  404  404  404  404  404  403  204  204    401  403  403  403  403  403  403  204  204
DELETE /members/{founder}/?ban=true   401  404  404  404  404  404  403  403  204    401  403  403  403  403  403  403  403  204
DELETE /members/{outsider}/?ban=true  401  404  404  404  404  404  403  404  404    401  403  403  403  403  403  403  404  404
GET    /bans/                         401  404  404  404  404  404  403  200  200    401  403  403  403  403  403  403  200  200
DELETE /bans/{banned}/                401  404  404  404  404  404  403  204  204    401  403  403  403  403  403  403  204  204
DELETE /bans/{member}/                401  404  404  404  404  404  403  404  404    401  403  403  403  403  403  403  404  404
GET    /join-requests/                401  404  404  404  404  404  403  200  200    401  403  403  403  403  403  403  200  200
POST   /join-requests/{here}/approve/ 401  404  404  404  404  404  403  200  200    401  403  403  403  403  403  403  200  200
POST   /join-requests/{else}/approve/ 401  404  404  404  404  404  403  404  404    401  403  403  403  403  403  403  404  404
POST   /join-requests/{here}/decline/ 401  404  404  404  404  404  403  204  204    401  403  403  403  403  403  403  204  204
POST   /join-requests/{else}/decline/ 401  404  404  404  404  404  403  404  404    401  403  403  403  403  403  403  404  404
GET    /invitations/                  401  404  404  404  404  404  403  200  200    401  403  403  403  403  403  403  200  200
POST   /invitations/                  401  404  404  404  404  404  403  201  201    401  403  403  403  403  403  403  201  201
DELETE /invitations/{own}/            401  404  404  404  404  404  403  204  204    401  403  403  403  403  403  403  204  204
DELETE /invitations/{foreign}/        401  404  404  404  404  404  403  404  404    401  403  403  403  403  403  403  404  404
GET    /habits/                       401  404  404  404  404  404  200  200  200    401  403  403  403  403  403  200  200  200
POST   /habits/                       401  404  404  404  404  404  201  201  201    401  403  403  403  403  403  201  201  201
DELETE /habits/{owners}/              401  404  404  404  404  404  403  204  204    401  403  403  403  403  403  403  204  204
DELETE /habits/{members}/             401  404  404  404  404  404  204  204  204    401  403  403  403  403  403  204  204  204
DELETE /habits/{elsewhere}/           401  404  404  404  404  404  404  404  404    401  403  403  403  403  403  404  404  404
GET    /progress/                     401  404  404  404  404  404  200  200  200    401  403  403  403  403  403  200  200  200
GET    /feed/                         401  404  404  404  404  404  200  200  200    401  403  403  403  403  403  200  200  200
POST   /feed/{told}/cheers/           401  404  404  404  404  404  201  201  201    401  403  403  403  403  403  201  201  201
POST   /feed/{told_elsewhere}/cheers/ 401  404  404  404  404  404  404  404  404    401  403  403  403  403  403  404  404  404
DELETE /feed/{told}/cheers/           401  404  404  404  404  404  204  204  204    401  403  403  403  403  403  204  204  204
DELETE /feed/{told_elsewhere}/cheers/ 401  404  404  404  404  404  404  404  404    401  403  403  403  403  403  404  404  404
GET    /audit-log/                    401  404  404  404  404  404  403  200  200    401  403  403  403  403  403  403  200  200
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One route with one method; statuses by column."""

    method: str
    path: str
    statuses: dict[str, int | None]
    scope: str | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def ids(self) -> list[str]:
        """The names of the ids in the address; no dates and metrics, nor tokens, which open what they are for to anybody."""
        names = re.findall(r"{(\w+)}", self.path)
        return [name for name in names if name not in ("date", "metric") and not name.endswith("_key")]


def _row(line: str) -> Row:
    method, path, *statuses, scope = line.split()
    numbers = [None if word == "-" else int(word) for word in statuses]
    return Row(method, path, dict(zip(COLUMNS, numbers, strict=True)), None if scope == "-" else scope)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One route below a group with one method; statuses by role, in the private group and in the public one."""

    method: str
    path: str
    private: dict[str, int]
    public: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _group_row(line: str) -> GroupRow:
    method, path, *statuses = line.split()
    numbers, count = [int(word) for word in statuses], len(GROUP_ROLES)
    return GroupRow(
        method,
        path,
        dict(zip(GROUP_ROLES, numbers[:count], strict=True)),
        dict(zip(GROUP_ROLES, numbers[count:], strict=True)),
    )


GROUP_MATRIX: Final = [_group_row(line) for line in GROUP_TABLE.splitlines() if line]
MATRIX: Final = [_row(line) for line in TABLE.splitlines() if line]
