"""How people other than oneself appear."""

from typing import Protocol
from uuid import UUID

from config.rest.fields import IdField, TextField
from config.rest.serializers import StrictSerializer


class Person(Protocol):
    """Whoever has an id and a name to be called by."""

    id: UUID
    display_name: str


class UserReferenceSerializer(StrictSerializer):
    """A person as others see one."""

    id = IdField(read_only=True)
    display_name = TextField(max_length=80, read_only=True)


def user_reference(person: Person) -> dict[str, object]:
    """Return the same document without a serializer, for long lists."""
    return {"id": person.id, "display_name": person.display_name}
