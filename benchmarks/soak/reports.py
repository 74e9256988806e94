"""The reports of the proofs, as Markdown."""

from collections.abc import Mapping

from benchmarks.soak.equality import Outcome

FAULTS_TOLD = 30


def tell_equality(outcome: Outcome) -> tuple[str, bool]:
    """Return what the history was and what was seen, and whether all was right."""
    figures, faults = outcome
    seen = figures["seen"]
    lines = [
        "## Every board equals a recount",
        "",
        f"Seed {figures['seed']}, {figures['users']:,} users, {figures['operations']:,} operations in {figures['phases']} phases of 15 days,",
        f"{figures['acted']:.0f} s of {figures['seconds']:.0f}: {_listed(figures['done'])}.",
        f"Refused besides: {_listed(figures['refused']) or 'none'}. {figures['finished']} challenges were settled on the way.",
        "",
        f"Looked at {figures['inspections']} times: {seen['boards']:,} boards ({seen['closed']:,} of them closed) with {seen['places']:,} places,",
        f"{seen['standings']:,} standings with neighbours, by both engines; `recount --check` at the end.",
        "",
        *_verdict(faults),
    ]
    return "\n".join(lines), not faults


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))


def _verdict(faults: list[str]) -> list[str]:
    if not faults:
        return ["**No difference.**"]
    return [f"**{len(faults)} FAULTS:**", "", *(f"- {fault}" for fault in faults[:FAULTS_TOLD])]
