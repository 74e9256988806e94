"""Statements that are made once, for the requests that come all the time.

Django makes the SQL of a queryset anew whenever it runs, and then works out anew which column becomes what; that costs several
times what the database takes to answer a small query. A `PreparedQuery` is an ordinary queryset with `Parameter`s in the place of
values, of which both are kept. A `PreparedUpsert` stores an object by a unique key, in one statement. Statements may travel
together: each costs its own work, but all of them one trip.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections, router
from django.db.models import Expression, Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)


class Statement(NamedTuple):
    """SQL for a database (by its alias) and the values of its placeholders."""

    using: str
    sql: str
    params: Sequence[Any]


def run(*statements: Statement) -> list[tuple[Any, ...]]:
    """Run statements for one database in their order, in one trip where it takes several at once; return the rows of the last."""
    if not statements:
        return []
    connection: Any = connections[statements[0].using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            params = [param for statement in statements for param in statement.params]
            with connection.named([statement.sql for statement in statements]) as texts:
                cursor.execute("; ".join(texts), params)
        else:
            for statement in statements:
                cursor.execute(statement.sql, statement.params)
        return cursor.fetchall() if cursor.description else []


class Parameter(Expression):
    """A value that a prepared query is given when it runs; `field` is that of the column it is compared with."""

    def __init__(self, name: str, field: Any) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Return a placeholder, and itself in the place of the value."""
        return "%s", [self]


class _Made(NamedTuple):
    """What a queryset was compiled to: its SQL, and how the columns of a row become an object with its related ones."""

    using: str
    sql: str
    params: Sequence[Any]
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    model: type[Model]
    names: frozenset[str]
    columns: slice
    related: Sequence[Any]
    annotations: Sequence[tuple[str, int]]


class PreparedQuery(Generic[M]):
    """A queryset with Parameters; it must have no limit of its own."""

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build

    def rows(self, *, limit: int | None = None, offset: int = 0, after: Sequence[Statement] = (), **values: Any) -> list[M]:
        """Return the objects for these values of the parameters, read on the same trip as the statements that come first."""
        made = self._made
        connection = connections[made.using]
        params = [_value(param, values, connection) for param in made.params]
        statement = Statement(made.using, made.sql, params)
        if limit is not None:
            statement = Statement(made.using, f"{made.sql} LIMIT %s OFFSET %s", [*params, limit, offset])
        return [self._object(made, list(row), connection) for row in run(*after, statement)]

    def first(self, *, after: Sequence[Statement] = (), **values: Any) -> M | None:
        """Return the object for these values, or None where there is none."""
        return next(iter(self.rows(limit=1, after=after, **values)), None)

    def _object(self, made: _Made, row: list[Any], connection: Any) -> Any:
        """Return the object of a row, made as Django's own `ModelIterable` does."""
        for position, converters, expression in made.converters:
            for convert in converters:
                row[position] = convert(row[position], expression, connection)
        found = made.model.from_db(made.using, made.names, row[made.columns])
        for populator in made.related:
            populator.populate(row, found)
        for name, position in made.annotations:
            setattr(found, name, row[position])
        return found

    @cached_property
    def _made(self) -> _Made:
        queryset = self._build()
        compiler: Any = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([expression for expression, *_ in compiler.select])
        columns = compiler.klass_info["select_fields"]
        return _Made(
            queryset.db,
            sql,
            params,
            [(position, functions, expression) for position, (functions, expression) in converters.items()],
            compiler.klass_info["model"],
            frozenset(compiler.select[index][0].target.attname for index in columns),
            slice(columns[0], columns[-1] + 1),
            get_related_populators(compiler.klass_info, compiler.select, queryset.db),  # type: ignore[call-arg] # the stubs are those of a later Django
            list(compiler.annotation_col_map.items()),
        )


def _value(param: Any, values: dict[str, Any], connection: Any) -> Any:
    if not isinstance(param, Parameter):
        return param
    return param.output_field.get_db_prep_value(values[param.name], connection)


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

    def statement(self, row: M) -> Statement:
        """Return what stores the object."""
        using = router.db_for_write(self._model)
        connection = connections[using]
        return Statement(
            using, self._sql, [field.get_db_prep_save(getattr(row, field.attname), connection) for field in self._fields]
        )

    def store(self, row: M, *, after: Sequence[Statement] = ()) -> None:
        """Store the object, on the same trip as the statements that come first.

        It gets the kept value of the row that it replaces, but no key that the database makes.
        """
        statement = self.statement(row)
        found = run(*after, statement)
        if self._kept:
            ((value,),) = found
            setattr(row, self._kept, self._converted(value, connections[statement.using]))

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
