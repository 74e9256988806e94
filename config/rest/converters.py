"""Parts of addresses that apps share; importing it makes them known to Django."""

from typing import Final

from django.urls import register_converter
from django.urls.converters import StringConverter

# 256 bits in the alphabet of base64url.
SECRET_LENGTH: Final = 43
SECRET_SHAPE: Final = f"[A-Za-z0-9_-]{{{SECRET_LENGTH}}}"


class SecretConverter(StringConverter):
    """A token that opens something to whoever holds it; anything else is no address of ours."""

    regex = SECRET_SHAPE


register_converter(SecretConverter, "secret")
