"""The tables of users."""

from users.models.jobs import CLOSED_JOB_STATES, ERROR_DETAIL_MAX_LENGTH, OPEN_JOB_STATES, Export, Job, JobState
from users.models.sessions import TOKEN_NAME_MAX_LENGTH, USER_AGENT_MAX_LENGTH, PersonalToken, Session
from users.models.users import (
    DAY_START_HOUR_MAX,
    DISPLAY_NAME_MAX_LENGTH,
    EMAIL_MAX_LENGTH,
    LeaderboardVisibility,
    User,
    validate_username,
)

__all__ = [
    "CLOSED_JOB_STATES",
    "DAY_START_HOUR_MAX",
    "DISPLAY_NAME_MAX_LENGTH",
    "EMAIL_MAX_LENGTH",
    "ERROR_DETAIL_MAX_LENGTH",
    "OPEN_JOB_STATES",
    "TOKEN_NAME_MAX_LENGTH",
    "USER_AGENT_MAX_LENGTH",
    "Export",
    "Job",
    "JobState",
    "LeaderboardVisibility",
    "PersonalToken",
    "Session",
    "User",
    "validate_username",
]
