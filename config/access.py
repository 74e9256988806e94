"""The one gate to object-level permissions, and the only importer of django-guardian.

Who may do what with an object is decided by grant rows with direct foreign keys, in the same query that fetches the object:
deleting the object or the user deletes them, and no check can be forgotten between fetch and use. Guardian's generic rows, its
anonymous user and its `get_objects_for_user` (which serves inactive users) are not used.
"""

import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.utils import get_group_obj_perms_model, get_user_obj_perms_model

from config.errors import Forbidden, NotFound

M = TypeVar("M", bound=Model)

UserGrant = UserObjectPermissionBase
GroupGrant = GroupObjectPermissionBase


def grant_to_user(target: Model, user_id: uuid.UUID, codenames: Iterable[str]) -> None:
    """Grant permissions on one object to a user; granting twice is granting once."""
    model = _user_grants(type(target))
    rows = [model(content_object=target, user_id=user_id, permission_id=_permission_id(type(target), name)) for name in codenames]
    model._default_manager.bulk_create(rows, ignore_conflicts=True)


def grant_to_group(target: Model, group: Group, codenames: Iterable[str]) -> None:
    """Grant permissions on one object to all members of a group; granting twice is granting once."""
    model = _group_grants(type(target))
    rows = [model(content_object=target, group=group, permission_id=_permission_id(type(target), name)) for name in codenames]
    model._default_manager.bulk_create(rows, ignore_conflicts=True)


def holding(queryset: QuerySet[M], user: AbstractBaseUser, codename: str) -> QuerySet[M]:
    """Return the objects of `queryset` on which an active `user`, or a group of theirs, holds a permission: for lists.

    A union of both kinds of grants: with an OR of the two PostgreSQL would look at every object there is.
    """
    if not user.is_active:
        return queryset.none()
    direct, through_group = (grants.values("content_object") for grants in _grants(queryset.model, user, codename))
    return queryset.filter(pk__in=direct.union(through_group))


def mark_held(queryset: QuerySet[M], user: AbstractBaseUser, codename: str, name: str) -> QuerySet[Any]:
    """Return `queryset` with an annotation `name`: whether the user holds a permission on the object."""
    marked: QuerySet[Any] = queryset.annotate(**{name: _held(queryset.model, user, codename)})
    return marked


def fetch(queryset: QuerySet[M], user: AbstractBaseUser, *, visible_by: str, needed: str, **key: Any) -> M:
    """Return the object with `key`, decided by the grants in the one query that fetches it.

    Raises NotFound where it is missing or the user does not hold `visible_by`, the same for both; Forbidden where the user sees
    it but does not hold `needed`.
    """
    if not user.is_active:
        raise NotFound
    visible = queryset.filter(_held(queryset.model, user, visible_by), **key)
    if needed != visible_by:
        visible = mark_held(visible, user, needed, "is_permitted")
    found = visible.first()
    if found is None:
        raise NotFound
    if needed != visible_by and not found.is_permitted:  # type: ignore[attr-defined]
        raise Forbidden
    return found


def forget_permissions(**_: Any) -> None:
    """Forget the remembered permission ids: a receiver of `post_migrate`, which may make them anew."""
    _permission_id.cache_clear()


def _held(model: type[Model], user: AbstractBaseUser, codename: str) -> Q:
    """Return the condition on an object that a user, or a group of theirs, holds a permission on it."""
    direct, through_group = (grants.filter(content_object=OuterRef("pk")) for grants in _grants(model, user, codename))
    return Q(Exists(direct)) | Q(Exists(through_group))


def _grants(model: type[Model], user: AbstractBaseUser, codename: str) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Return a user's own grants of a permission, and those of the user's groups."""
    permission = _permission_id(model, codename)
    return (
        _user_grants(model)._default_manager.filter(user=user, permission_id=permission),
        _group_grants(model)._default_manager.filter(group__user=user, permission_id=permission),
    )


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
