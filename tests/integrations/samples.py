"""Where real exports of other trackers lie, if they are there."""

from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
