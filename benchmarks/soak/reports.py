"""The reports of the proofs, as Markdown."""

import os
import platform
from collections.abc import Mapping
from statistics import median, quantiles

from django.db import connection

from benchmarks.report import table
from benchmarks.soak import equality, page, writers

FAULTS_TOLD = 30


def tell_equality(outcome: equality.Outcome) -> tuple[str, bool]:
    """Return what the history was and what was seen, and whether all was right."""
    figures, faults = outcome
    seen = figures["seen"]
    history = (
        f"Seed {figures['seed']}, {figures['users']:,} users, {figures['operations']:,} operations in {figures['phases']} phases "
        f"of {equality.DAYS} days, by {equality.PROCESSES} processes at a time, in {figures['acted']:.0f} s: "
        f"{_listed(figures['done'])}. Refused besides: {_listed(figures['refused']) or 'nothing'}. "
        f"{figures['finished']} challenges were settled on the way."
    )
    looks = (
        f"Looked at {figures['inspections']} times: {seen['boards']:,} boards ({seen['closed']:,} of them closed) with "
        f"{seen['places']:,} places, and {seen['standings']:,} standings with neighbours, by both engines; the copy was the same "
        f"one from the beginning to the end. `recount --check` at the end. All of it took {figures['seconds']:.0f} s."
    )
    return _report("Every board equals a recount", [history, looks], faults), not faults


def tell_writers(outcome: writers.Outcome) -> tuple[str, bool]:
    """Return what writing costs, alone and together."""
    rows = []
    for name, slots in outcome.slots.items():
        speed, app, database = (median(getattr(slot, figure) for slot in slots) for figure in ("speed", "app_ms", "database_ms"))
        low, _, high = quantiles([slot.speed for slot in slots], n=4, method="inclusive")
        cores = speed * (app + database) / 1_000
        rows.append((name, f"{speed:.0f} ({low:.0f} – {high:.0f})", f"{app:.2f} + {database:.2f}", f"{cores:.2f}"))
    columns = ("16 writers on", "writes/s", "CPU app + db", "cores")
    low, ratio, high = quantiles(outcome.ratios, n=4, method="inclusive")
    text = (
        f"{outcome.writes:,} writes in slots of {writers.SLOT_SECONDS} s by turns, {len(outcome.ratios)} for each case, while "
        f"the job took shifts in each second; medians, in brackets quartiles, CPU in milliseconds per write. No refusal, no "
        f"deadlock, and {outcome.boards} boards equal a count of what was sent, unless it says otherwise below."
    )
    verdict = (
        f"One board / a board each: {ratio:.3f} ({low:.3f} – {high:.3f}), at least {writers.LEAST:g} is asked for: "
        f"{_met(ratio >= writers.LEAST)}"
    )
    return _report("Writers on one board", [text, table(columns, rows), verdict], outcome.faults), outcome.is_right


def tell_page(outcome: page.Outcome) -> tuple[str, bool]:
    """Return how fast the page of everybody is."""
    rows = [
        (name, f"{median(slot.speed for slot in slots):.0f}", f"{median(slot.cpu_ms for slot in slots):.2f}")
        for name, slots in outcome.slots.items()
    ]
    low, ratio, high = quantiles(outcome.ratios, n=4, method="inclusive")
    text = (
        f"Two workers, {page.CONNECTIONS} connections, slots of {page.SLOT_SECONDS} s by turns, sent by {outcome.tool}; medians, "
        f"CPU in milliseconds per request."
    )
    verdict = f"Page / list: {ratio:.2f} ({low:.2f} – {high:.2f}), at least {page.LEAST:g} is asked for: {_met(outcome.is_right)}"
    return _report(
        "The page of everybody", [text, table(("", "requests/s", "CPU app + db"), rows), verdict], []
    ), outcome.is_right


def _report(title: str, parts: list[str], faults: list[str]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    machine = f"Python {platform.python_version()}, PostgreSQL {version}, {os.cpu_count()} cores."
    if faults:
        parts = [*parts, f"**{len(faults)} FAULTS**", "\n".join(f"- {fault}" for fault in faults[:FAULTS_TOLD])]
    else:
        parts = [*parts, "**No fault.**"]
    return "\n\n".join([f"## {title}", machine, *parts]) + "\n"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))


def _met(is_met: bool) -> str:  # noqa: FBT001 - a word for it
    return "met." if is_met else "**MISSED.**"
