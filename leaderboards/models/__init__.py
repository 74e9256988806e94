"""The tables of leaderboards."""

from leaderboards.models.copies import RankingCopy
from leaderboards.models.ranking import Bucket, Shift
from leaderboards.models.rates import HabitRate
from leaderboards.models.scores import PUBLIC, Score, challenge_scope, group_scope

__all__ = ["PUBLIC", "Bucket", "HabitRate", "RankingCopy", "Score", "Shift", "challenge_scope", "group_scope"]
