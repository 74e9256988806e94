"""The one gate to object-level permissions, and the only importer of django-guardian.

Who may do what with an object is decided by grant rows with direct foreign keys, in the same query that fetches the object:
deleting the object or the user deletes them, and no check can be forgotten between fetch and use. Guardian's generic rows, its
anonymous user and its `get_objects_for_user` (which serves inactive users) are not used.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property, lru_cache, partial
from typing import Any, Generic, TypeVar, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.utils import get_group_obj_perms_model, get_user_obj_perms_model

from config.errors import Forbidden, NotFound
from config.prepared import Parameter, PreparedQuery, Statement

M = TypeVar("M", bound=Model)

UserGrant = UserObjectPermissionBase
GroupGrant = GroupObjectPermissionBase


def grant_to_user(target: Model, user_id: uuid.UUID, codenames: Iterable[str]) -> None:
    """Grant permissions on one object to a user; granting twice is granting once."""
    model = _user_grants(type(target))
    rows = [model(content_object=target, user_id=user_id, permission_id=_permission_id(type(target), name)) for name in codenames]
    model._default_manager.bulk_create(rows, ignore_conflicts=True)


def grant_to_group(target: Model, group: Group, codenames: Collection[str]) -> None:
    """Grant permissions on one object to all members of a group; granting twice is granting once."""
    grant_to_groups(target, [group], codenames)


def grant_to_groups(target: Model, groups: Iterable[Group], codenames: Collection[str]) -> None:
    """Grant permissions on one object to all members of several groups; granting twice is granting once."""
    model = _group_grants(type(target))
    permissions = [_permission_id(type(target), name) for name in codenames]
    rows = [model(content_object=target, group=group, permission_id=permission) for group in groups for permission in permissions]
    model._default_manager.bulk_create(rows, ignore_conflicts=True)


def holding(queryset: QuerySet[M], user: AbstractBaseUser, codename: str) -> QuerySet[M]:
    """Return the objects of `queryset` on which an active `user`, or a group of theirs, holds a permission: for lists.

    A union of both kinds of grants: with an OR of the two PostgreSQL would look at every object there is.
    """
    if not user.is_active:
        return queryset.none()
    grants = _grants(queryset.model, user.pk, _permission_id(queryset.model, codename))
    direct, through_group = (kind.values("content_object") for kind in grants)
    return queryset.filter(pk__in=direct.union(through_group))


def mark_held(queryset: QuerySet[M], user: AbstractBaseUser, codename: str, name: str) -> QuerySet[Any]:
    """Return `queryset` with an annotation `name`: whether the user holds a permission on the object."""
    held = _held(queryset.model, OuterRef("pk"), user.pk, _permission_id(queryset.model, codename))
    marked: QuerySet[Any] = queryset.annotate(**{name: held})
    return marked


def held_on(model: type[Model], key: Any, user: AbstractBaseUser, codename: str) -> Q:
    """Return the condition that a user, or a group of theirs, holds a permission on the object of `model` with a key.

    For lists of what refers to such objects, of a user whom a gate has admitted; `key` is mostly an OuterRef.
    """
    return _held(model, key, user.pk, _permission_id(model, codename))


class Gate(Generic[M]):
    """Fetches single objects, each decided by the grants in the very query that fetches it.

    `visible_by` is the permission without which the object does not exist for a user. A user's own grants are asked first, and
    those of the user's groups besides where they say no: the first query is planned in a fraction of the time. Who is known by a
    token alone (`User.claim`) is looked up by the same query.

    Where permissions are granted to groups of users alone (`by_groups_alone`), no others are asked. Objects that fit `open_where`
    exist for everybody, but what is done with them takes a grant all the same. The query may use the Parameter `user`.
    """

    def __init__(
        self,
        build: Callable[[], QuerySet[M]],
        *,
        visible_by: str,
        by_groups_alone: bool = False,
        open_where: Q | None = None,
    ) -> None:
        self._build = build
        self._visible_by = visible_by
        # The kinds of grants in the order in which they are asked.
        self._kinds = (_held_by_groups,) if by_groups_alone else (_held_directly, _held)
        # By the kind of grants, whether the user is still to be looked up, and the permissions in question.
        self._queries = {
            (held, is_claim, names): PreparedQuery(partial(self._guarded, held, names, is_claim=is_claim))
            for held, is_claim in ((self._kinds[0], True), *((kind, False) for kind in self._kinds))
            for names in (("visible",), ("visible", "needed"))
        }
        self._open = None if open_where is None else PreparedQuery(partial(self._opened, open_where))

    def fetch(self, user: AbstractBaseUser, key: Any, *, needed: str, after: Sequence[Statement] = ()) -> M:
        """Return the object with this primary key on which the user, or a group of theirs, holds `needed`.

        It is read on the same trip as the statements that come first. Raises NotFound where it is missing or not visible to the
        user, the same for both; Forbidden where it is only visible.
        """
        found = self._find(user, key, needed, after)
        if found is not None:
            return found
        is_visible = needed != self._visible_by and self._find(user, key, self._visible_by) is not None
        if is_visible or self._find_open(user, key) is not None:
            raise Forbidden
        raise NotFound

    def see(self, user: AbstractBaseUser, key: Any) -> M:
        """Return the object with this primary key if it exists for the user, by a grant or for everybody; raises NotFound."""
        found = self._find(user, key, self._visible_by) or self._find_open(user, key)
        if found is None:
            raise NotFound
        return found

    def _find(self, user: Any, key: Any, codename: str, after: Sequence[Statement] = ()) -> M | None:
        visible, needed = (_permission_id(self._model, name) for name in (self._visible_by, codename))
        names = ("visible",) if visible == needed else ("visible", "needed")
        values = {"key": key, "user": user.pk, "session": user.session_id, "visible": visible, "needed": needed}
        found = None
        if user.is_claim or user.is_active:
            found = self._queries[self._kinds[0], user.is_claim, names].first(after=after, **values)
        if found is None and user.is_active:  # which a void claim answers by raising
            for kind in self._kinds[1:]:
                found = found or self._queries[kind, False, names].first(**values)
        return found

    def _find_open(self, user: AbstractBaseUser, key: Any) -> M | None:
        if self._open is None or not user.is_active:
            return None
        return self._open.first(key=key, user=user.pk)

    @cached_property
    def _model(self) -> type[M]:
        return self._build().model

    def _guarded(self, held: Callable[[type[Model], Any, Any, Any], Q], names: tuple[str, ...], *, is_claim: bool) -> QuerySet[M]:
        """Return the query of the object with a key on which grants of some kind give the permissions of these names."""
        key, user = Parameter("key", self._model._meta.pk), Parameter("user", get_user_model()._meta.pk)
        conditions = [held(self._model, key, user, Parameter(name, Permission._meta.pk)) for name in names]
        if is_claim:
            session = Parameter("session", get_user_model()._meta.pk)
            conditions.append(Q(Exists(get_user_model()._default_manager.admitted(user, session))))
        return self._build().filter(*conditions, pk=key)

    def _opened(self, open_where: Q) -> QuerySet[M]:
        """Return the query of the object with a key if it exists for everybody."""
        return self._build().filter(open_where, pk=Parameter("key", self._model._meta.pk))


def forget_permissions(**_: Any) -> None:
    """Forget the remembered permission ids: a receiver of `post_migrate`, which may make them anew."""
    _permission_id.cache_clear()


def _held(model: type[Model], key: Any, user: Any, permission: Any) -> Q:
    """Return the condition that a user, or a group of theirs, holds a permission on the object with a key."""
    direct, through_group = (Exists(kind.filter(content_object=key)) for kind in _grants(model, user, permission))
    return Q(direct) | Q(through_group)


def _held_directly(model: type[Model], key: Any, user: Any, permission: Any) -> Q:
    """Return the condition that a user holds a permission on the object with a key without the help of a group."""
    return Q(Exists(_own_grants(model, user, permission).filter(content_object=key)))


def _held_by_groups(model: type[Model], key: Any, user: Any, permission: Any) -> Q:
    """Return the condition that a group of a user's holds a permission on the object with a key."""
    return Q(Exists(_grants_of_groups(model, user, permission).filter(content_object=key)))


def _grants(model: type[Model], user: Any, permission: Any) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Return a user's own grants of a permission, and those of the user's groups; keys or Parameters for both."""
    return _own_grants(model, user, permission), _grants_of_groups(model, user, permission)


def _own_grants(model: type[Model], user: Any, permission: Any) -> QuerySet[Any]:
    return _user_grants(model)._default_manager.filter(user=user, permission=permission)


def _grants_of_groups(model: type[Model], user: Any, permission: Any) -> QuerySet[Any]:
    memberships = get_user_model().groups.through._default_manager.filter(user=user)
    return _group_grants(model)._default_manager.filter(group__in=memberships.values("group"), permission=permission)


@lru_cache(maxsize=256)
def _permission_id(model: type[Model], codename: str) -> int:
    """Return the key of a permission: the rows are made by migrations and do not change while a process lives."""
    return Permission.objects.values_list("pk", flat=True).get(
        content_type__app_label=model._meta.app_label, content_type__model=model._meta.model_name, codename=codename
    )


@lru_cache(maxsize=256)
def _user_grants(model: type[Model]) -> type[Model]:
    return _direct(model, get_user_obj_perms_model(cast("Model", model)), UserGrant)


@lru_cache(maxsize=256)
def _group_grants(model: type[Model]) -> type[Model]:
    return _direct(model, get_group_obj_perms_model(cast("Model", model)), GroupGrant)


def _direct(model: type[Model], grants: type[Model], base: type[Model]) -> type[Model]:
    """Return the grant model of `model`; guardian's generic one, its answer where there is none, is refused."""
    if grants._meta.app_label == "guardian" or not issubclass(grants, base):
        raise TypeError(f"{model.__name__} has no grant model with a direct foreign key.")
    return grants
