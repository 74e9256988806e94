"""Background jobs over HTTP."""

import uuid
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from config.rest.permissions import USER
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from users.api.serializers import examples
from users.api.serializers.jobs import JobSerializer
from users.selectors import get_job


class JobViewSet(ApiViewSet):
    """Background jobs of whoever asks."""

    area = "account"
    access: ClassVar = {"retrieve": USER}
    conditional_actions = frozenset({"retrieve"})

    @operation(
        "Watch a background job",
        "Whatever runs in the background (an import, an export) answers with a job, which only its owner sees. Ask again until "
        "`state` is `finished` or `failed`; `error` then says why.",
        response=JobSerializer,
        response_example=examples.JOB,
    )
    def retrieve(self, request: Request, job_id: uuid.UUID) -> Response:
        return Response(JobSerializer(get_job(self.actor, job_id)).data)
