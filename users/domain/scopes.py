"""What a personal access token may be allowed to do."""

from typing import Final

SCOPES: Final[dict[str, str]] = {
    "account:read": "Read the account and watch its background jobs.",
    "account:write": "Change the settings of the account; never its password, its sessions or its end.",
    "challenges:read": "Read challenges, who takes part in them, standings and announcements.",
    "challenges:write": "Make, join, change and leave challenges, and run them.",
    "groups:read": "Read groups, their members and what admins see.",
    "groups:write": "Make, join, change and leave groups, and run them.",
    "habits:read": "Read habits, logs, progress and pictures.",
    "habits:write": "Make and change habits, pauses and logs.",
    "imports:read": "Watch imports.",
    "imports:write": "Start imports.",
    "leaderboards:read": "Read leaderboards, and one's own place on them.",
    "sharing:read": "Read what is shared with others and by them, and the addresses of public links.",
    "sharing:write": "Share habits and achievements with others, accept and end shares, and publish habits by links.",
}
