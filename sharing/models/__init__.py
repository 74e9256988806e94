"""The tables of sharing."""

from sharing.models.achievements import Achievement
from sharing.models.ids import SpentId
from sharing.models.links import DeletedShareLink, ShareLink
from sharing.models.shares import Share

__all__ = ["Achievement", "DeletedShareLink", "Share", "ShareLink", "SpentId"]
