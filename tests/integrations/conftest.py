"""The published samples lie beside the project where it is checked; elsewhere the tests make all their files."""

from tests.integrations.samples import SAMPLES

collect_ignore = [] if SAMPLES.is_dir() else ["test_loop_samples.py", "test_import_samples.py"]
