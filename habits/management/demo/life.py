"""How the days of a story go: drawn at random, always the same for the same day to begin from."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from habits.domain.logs import LogStatus
from habits.management.demo.stories import Amount, HabitStory, Person
from habits.services.logs import Entry

OUT_OF_TURN = 0.04
SLUMP = 0.35
HOLIDAY = 0.06
AFTER_A_MISS = 0.9
LATELY_DAYS = 34
LATELY_KEPT = 0.3
NOTED = 0.07
SKIPPED = 0.015
MISS_ADMITTED = 0.12
SKIP_NOTE = "Not today, on purpose"


def live(person: Person, story: HabitStory, today: date) -> Iterator[tuple[date, Entry]]:
    """Yield the logs of a habit up to yesterday, and for today where the story says that it is done already."""
    # A story is no secret: it is to be told the same each time.
    dice = Random(f"{person.username}: {story.name}")  # noqa: S311 # nosec B311
    last_days_ago = 0 if story.days_to_end is None else max(0, -story.days_to_end)
    since_done = story.gap
    for days_ago in range(story.days_old, last_days_ago - 1, -1):
        day = today - timedelta(days=days_ago)
        if days_ago == 0:
            if story.is_done_today:
                yield day, _done(dice, story)
            return
        if person.illness.covers(days_ago) and _calls(story, day, since_done):
            yield day, Entry(status=LogStatus.SKIPPED, note=person.illness_note)
            since_done += 1
            continue
        is_done = dice.random() < _chance(person, story, day, days_ago, since_done)
        entry = _done(dice, story) if is_done else _undone(dice, story, day, since_done)
        since_done = 1 if is_done else since_done + 1
        if entry is not None:
            yield day, entry


def _calls(story: HabitStory, day: date, since_done: int) -> bool:
    """Return whether a day calls for the habit."""
    if story.schedule.target_days is not None:
        return story.schedule.is_target_day(day)
    return since_done >= story.gap


def _chance(person: Person, story: HabitStory, day: date, days_ago: int, since_done: int) -> float:
    """Return how likely the habit is done on a day."""
    if any(stretch.covers(days_ago) for stretch in person.holidays):
        return HOLIDAY
    if not _calls(story, day, since_done):
        return OUT_OF_TURN / story.gap
    chance = story.chance * story.weekdays[day.weekday()]
    if person.slump.covers(days_ago):
        return chance * SLUMP
    if since_done > story.gap:
        chance *= AFTER_A_MISS
    if days_ago < LATELY_DAYS and chance > story.chance / 2:
        # Things go well of late: there are streaks to keep.
        chance = 1 - max(0.0, 1 - chance) * LATELY_KEPT
    return chance


def _done(dice: Random, story: HabitStory) -> Entry:
    note = dice.choice(story.notes) if story.notes and dice.random() < NOTED else ""
    if story.amount is None:
        return Entry(status=LogStatus.COMPLETED, note=note)
    return Entry(value_milli=_amount(dice, story.amount), note=note)


def _undone(dice: Random, story: HabitStory, day: date, since_done: int) -> Entry | None:
    """Return what is logged of a day on which nothing was done: mostly nothing."""
    if not _calls(story, day, since_done):
        return None
    drawn = dice.random()
    if drawn < SKIPPED:
        return Entry(status=LogStatus.SKIPPED, note=SKIP_NOTE)
    if drawn < MISS_ADMITTED:
        return Entry(status=LogStatus.MISSED) if story.amount is None else Entry(value_milli=0)
    return None


def _amount(dice: Random, amount: Amount) -> int:
    steps = round(dice.gauss(amount.mean, amount.spread) / amount.step)
    return max(1, steps) * amount.step
