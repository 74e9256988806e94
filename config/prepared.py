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
        converters = compiler.get_converters([expression for expression, *_ in compiler.select])
        compiler.get_converters = lambda _: converters
        queryset.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        self._made.compiler, self._made.queryset = compiler, queryset

    def _value(self, param: Any, values: dict[str, Any]) -> Any:
        if not isinstance(param, Parameter):
            return param
        return param.output_field.get_db_prep_value(values[param.name], connections[self._made.queryset.db])


class PreparedRows(Generic[M]):
    """The rows of a prepared query, as a pagination takes them: slices are read, the whole is counted only when asked."""

    def __init__(self, query: PreparedQuery[M], count: Callable[[], int], **values: Any) -> None:
        self._query = query
        self._count = count
        self._values = values

    def __len__(self) -> int:
        return self._count()

    def __getitem__(self, part: slice) -> list[M]:
        return self._query.rows(limit=part.stop - part.start, offset=part.start, **self._values)


class PreparedUpsert(Generic[M]):
    """Inserts an object, or gives the row with the same key its columns; the column `kept` stays as it was inserted."""

    def __init__(self, model: type[M], *, key: Sequence[str], kept: str = "") -> None:
        self._model = model
        self._key = key
        self._kept = kept

    def store(self, row: M) -> None:
        """Store the object; it gets the kept value of the row that it replaces, but no key that the database makes."""
        connection = connections[router.db_for_write(self._model)]
        values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in self._fields]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, values)
            if self._kept:
                (value,) = cursor.fetchone()
                setattr(row, self._kept, self._converted(value, connection))

    def _converted(self, value: Any, connection: Any) -> Any:
        field: Any = self._model._meta.get_field(self._kept)
        column = field.get_col(self._model._meta.db_table)
        for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection)):
            value = convert(value, column, connection)
        return value

    @cached_property
    def _fields(self) -> list[Any]:
        return [field for field in self._model._meta.concrete_fields if field.name in self._key or not field.primary_key]

    @cached_property
    def _sql(self) -> str:
        quote = connections[router.db_for_write(self._model)].ops.quote_name
        columns = [quote(field.column) for field in self._fields]
        key = ", ".join(quote(field.column) for field in self._fields if field.name in self._key)
        changed = [quote(field.column) for field in self._fields if field.name not in (*self._key, self._kept)]
        returning = "".join(f" RETURNING {quote(field.column)}" for field in self._fields if field.name == self._kept)
        # Names of the model's own table and columns; values are parameters.
        return (
            f"INSERT INTO {quote(self._model._meta.db_table)} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) "  # noqa: S608 # nosec B608
            f"ON CONFLICT ({key}) DO UPDATE SET {', '.join(f'{column} = EXCLUDED.{column}' for column in changed)}{returning}"
        )
