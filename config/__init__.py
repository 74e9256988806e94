"""The project's own ground: settings, access, jobs and the conventions of the REST API."""
