"""The tables of sharing."""

from sharing.models.links import DeletedShareLink, ShareLink

__all__ = ["DeletedShareLink", "ShareLink"]
