"""What the tests of imports share."""

from django.core.files.uploadedfile import SimpleUploadedFile

from habits.models import ChangeCounter, Habit, HabitLog, HabitPause, HabitStats, HabitUserGrant, ScheduleVersion, Tombstone
from tests.integrations.loop_files import DAY
from tests.world import API

IMPORTS = f"{API}/imports/"
ROWS = (Habit, ScheduleVersion, HabitPause, HabitLog, HabitStats, HabitUserGrant, Tombstone, ChangeCounter)


def upload(client, data, name="backup.db", **fields):
    """Post a file as a form."""
    return client.post(IMPORTS, {"file": SimpleUploadedFile(name, data), **fields}, format="multipart")


def day_number(day):
    """Return a date as Loop's timestamp."""
    return (day.toordinal() - 719_163) * DAY


def completed(habit, *days, value=2, notes=""):
    """Return repetitions of a habit on days."""
    return [{"habit": habit, "timestamp": day_number(day), "value": value, "notes": notes} for day in days]


def rows_stored():
    """Return every row of habits, without the numbers that the database gives and the instants of the writing."""
    return {model.__name__: sorted(_values(model), key=repr) for model in ROWS}


def _values(model):
    names = [field.attname for field in model._meta.concrete_fields]
    return list(model.objects.values_list(*names))
