"""Imports over HTTP."""

from typing import ClassVar, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiRequest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from config.rest.parsers import StrictMultiPartParser
from config.rest.permissions import USER
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from integrations.api.serializers import ImportFormSerializer, ImportSerializer
from integrations.errors import ImportRunning
from integrations.selectors import get_import
from integrations.services.imports import start_import
from users.models import User

FORM = {"file": "the bytes of the backup", "format": "loop", "dry_run": True}
QUEUED = {
    "id": "019a9e5c-9b10-7d3a-8f6e-2c4d5e6f7a8b",
    "job": "019a9e5c-9b0f-7a51-9c2d-5e6f7a8b9c0d",
    "state": "queued",
    "progress": 0,
    "file_name": "Loop Habits Backup 2026-05-01 083000.db",
    "format": "auto",
    "dry_run": False,
    "error": None,
    "created_at": "2026-05-01T08:30:00Z",
    "report": None,
}
FINISHED = {
    **QUEUED,
    "state": "finished",
    "progress": 100,
    "report": {
        "format": "loop",
        "habits": {"created": 9, "archived": 1, "updated": 0, "unchanged": 0, "rejected": 0},
        "logs": {"created": 412, "updated": 0, "unchanged": 0, "kept_own": 0},
        "derived": 96,
        "empty": 0,
        "rejected_count": 1,
        "rejected": [{"where": "Repetitions 17", "reason": "duplicate_day", "detail": "2026-04-03: 2"}],
        "adjusted_count": 1,
        "adjusted": [{"where": "Wake up early", "reason": "reminder_not_stored", "detail": "07:30 on weekdays 1, 2, 3, 4, 5"}],
    },
}


class ImportViewSet(ApiViewSet):
    """Files of other trackers that the actor wants taken over."""

    area = "imports"
    access: ClassVar = {"create": USER, "retrieve": USER}
    conditional_actions = frozenset({"create", "retrieve"})
    parser_classes = (StrictMultiPartParser,)
    refusals: ClassVar = {"create": [ImportRunning]}
    located: ClassVar = {"create": [202]}

    @operation(
        "Import a file",
        "Takes the backup or the CSV export of another tracker over, in the background: ask at the address in `Location`, or "
        "`/jobs/{id}/`, until `state` is `finished` or `failed`. Importing the same file again changes nothing; a newer one adds "
        "what is new and corrects what earlier imports brought. Logs made by hand are kept, and so are the settings of habits "
        "that are here already; what was deleted here comes back. One import at a time.",
        request={"multipart/form-data": OpenApiRequest(ImportFormSerializer, examples=[OpenApiExample("request", FORM)])},
        response=ImportSerializer,
        statuses=[202],
        response_example=QUEUED,
    )
    def create(self, request: Request) -> Response:
        """Store the file and enqueue the work."""
        form = self.validated(ImportFormSerializer)
        item = start_import(
            owner=cast("User", request.user),
            content=form["file"].read(),
            file_name=form["file"].name,
            format_name=form["format"],
            dry_run=form["dry_run"],
        )
        location = reverse("import-detail", kwargs={"import_id": item.pk}, request=request)
        return Response(ImportSerializer(item).data, status=202, headers={"Location": location})

    @operation(
        "Watch an import",
        "Only its owner sees it. The report lists every row of the file that was not taken, and why.",
        response=ImportSerializer,
        response_example=FINISHED,
    )
    def retrieve(self, request: Request, import_id: UUID) -> Response:
        """Return the import."""
        return Response(ImportSerializer(get_import(cast("User", request.user), import_id)).data)
