"""Statements that are made once, for the requests that come all the time.

Django makes the SQL of a queryset anew whenever it runs, which costs several times what the database takes to answer a small one.
A `PreparedQuery` is an ordinary queryset with `Parameter`s in the place of values; its SQL is made when a thread first asks, and
its rows become objects by Django's own machinery. A `PreparedUpsert` stores an object by a unique key, in one statement.
"""

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connections, router
from django.db.models import Expression, Model, QuerySet

M = TypeVar("M", bound=Model)


class Parameter(Expression):
    """A value that a prepared query is given when it runs; `field` is that of the column it is compared with."""

    def __init__(self, name: str, field: Any) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Return a placeholder, and itself in the place of the value."""
        return "%s", [self]


class PreparedQuery(Generic[M]):
    """A queryset with Parameters; it must have no limit of its own."""

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build
        self._made = threading.local()

    def rows(self, *, limit: int | None = None, offset: int = 0, **values: Any) -> list[M]:
        """Return the objects for these values of the parameters."""
        if not hasattr(self._made, "queryset"):
            self._make()
        queryset, compiler, sql = self._made.queryset, self._made.compiler, self._made.sql
        params = [self._value(param, values) for param in self._made.params]
        if limit is not None:
            sql, params = f"{sql} LIMIT %s OFFSET %s", [*params, limit, offset]
        compiler.as_sql = lambda *_, **__: (sql, tuple(params))
        return list(queryset._iterable_class(queryset))  # noqa: SLF001 - how Django itself reads a queryset

    def first(self, **values: Any) -> M | None:
        """Return the object for these values, or None where there is none."""
        return next(iter(self.rows(limit=1, **values)), None)

    def _make(self) -> None:
        """Make the SQL and keep the compiler, which knows how its columns become objects: one for each thread."""
        queryset = self._build()
        compiler = queryset.query.get_compiler(using=queryset.db)
        self._made.sql, self._made.params = compiler.as_sql()
        queryset.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        self._made.compiler, self._made.queryset = compiler, queryset

    def _value(self, param: Any, values: dict[str, Any]) -> Any:
        if not isinstance(param, Parameter):
            return param
        return param.output_field.get_db_prep_value(values[param.name], connections[self._made.queryset.db])


class PreparedRows(Sequence[M]):
    """The rows of a prepared query as a sequence, of which slices are read, and which is counted only when asked."""

    def __init__(self, query: PreparedQuery[M], count: Callable[[], int], **values: Any) -> None:
        self._query = query
        self._count = count
        self._values = values

    def __len__(self) -> int:
        return self._count()

    def __getitem__(self, index: Any) -> Any:
        return self._query.rows(limit=index.stop - index.start, offset=index.start, **self._values)


class PreparedUpsert(Generic[M]):
    """Inserts an object, or gives the row with the same key its columns; columns of `kept` stay as they were inserted."""

    def __init__(self, model: type[M], *, key: Sequence[str], kept: Sequence[str] = ()) -> None:
        self._model = model
        self._key = key
        self._kept = kept

    @cached_property
    def _fields(self) -> list[Any]:
        return [field for field in self._model._meta.concrete_fields if field.name in self._key or not field.primary_key]

    @cached_property
    def _sql(self) -> str:
        quote = connections[router.db_for_write(self._model)].ops.quote_name
        columns = [quote(field.column) for field in self._fields]
        key = ", ".join(quote(field.column) for field in self._fields if field.name in self._key)
        changed = [quote(field.column) for field in self._fields if field.name not in (*self._key, *self._kept)]
        # Names of the model's own table and columns; values are parameters.
        return (
            f"INSERT INTO {quote(self._model._meta.db_table)} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) "  # noqa: S608 # nosec B608
            f"ON CONFLICT ({key}) DO UPDATE SET {', '.join(f'{column} = EXCLUDED.{column}' for column in changed)}"
        )

    def store(self, row: M) -> None:
        """Store the object; a key that the database makes is not read back."""
        connection = connections[router.db_for_write(self._model)]
        values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in self._fields]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, values)
