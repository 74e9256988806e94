"""Who may call an action: the rules that views declare, and the one permission class that applies them."""

from typing import TYPE_CHECKING, Any, Final

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from config.rest.errors import InsufficientScope

if TYPE_CHECKING:
    from config.rest.views import ApiViewSet


class Access:
    """A rule of access; the actor is a user or Django's anonymous one."""

    reads_credentials: bool = True
    object_permission: str | None = None

    def admits(self, actor: Any) -> bool:
        """Tell whether the actor may call the action at all."""
        raise NotImplementedError


class _Anyone(Access):
    # A client that sends its expired token along may still log in.
    reads_credentials = False

    def admits(self, actor: Any) -> bool:
        return True


class _Guest(Access):
    def admits(self, actor: Any) -> bool:
        return True


class _User(Access):
    def admits(self, actor: Any) -> bool:
        return bool(actor and actor.is_authenticated and actor.is_active)


class _Staff(_User):
    def admits(self, actor: Any) -> bool:
        return super().admits(actor) and bool(actor.is_staff)


class Holding(Access):
    """A user who holds a permission on the object: asked by the query that fetches the object, so that others see a 404.

    The same query decides whether the user whom a token names is admitted at all.
    """

    object_permission: str

    def __init__(self, codename: str) -> None:
        self.object_permission = codename

    def admits(self, actor: Any) -> bool:
        """Tell whether there is a token, or an active user who is known already."""
        return bool(actor and actor.is_authenticated and (actor.is_claim or actor.is_active))


class HoldingByUser(Holding):
    """The same, for a user who is looked up before: for actions whose limits count by user, which a claim of one has not."""

    def admits(self, actor: Any) -> bool:
        """Tell whether there is an active user."""
        return USER.admits(actor)


ANYONE: Final[Access] = _Anyone()
# Anybody, and whoever sends credentials is known by them: wrong ones are refused.
GUEST: Final[Access] = _Guest()
USER: Final[Access] = _User()
STAFF: Final[Access] = _Staff()


class DeclaredAccess(BasePermission):
    """Applies the rule that the view declares for the action, and denies where it declares none."""

    def has_permission(self, request: Request, view: "ApiViewSet") -> bool:  # type: ignore[override]
        """Tell whether the rule admits the request's user; InsufficientScope where a personal token does not reach."""
        if view.rule is None or not view.rule.admits(request.user):
            return False
        scopes = getattr(request.auth, "scopes", None)
        if view.rule.reads_credentials and scopes is not None and view.scope not in scopes:
            raise InsufficientScope(f"It takes the scope {view.scope}." if view.scope else "It takes a login.")
        return True
