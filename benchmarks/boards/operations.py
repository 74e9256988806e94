"""What is measured on boards, and what its ratios are to be."""

from typing import Final, NamedTuple

from benchmarks.boards.world import BoardWorld, Town
from benchmarks.client import Call
from benchmarks.operations import API, LIMITS, LOG, Operation, writes
from benchmarks.verdicts import Target
from benchmarks.world import Person

PAGE_SIZE: Final = 50
FAR_PAGE: Final = 1_000
BOARD: Final = f"{API}leaderboards/completions/"
MOST_GROWTH: Final = 1.5
"""What the largest board may cost, by what the smallest does."""


class Deed(NamedTuple):
    """What is done on boards of every size, and what its growth is to be at last."""

    name: str
    title: str
    growth_aim: float = MOST_GROWTH


DEEDS: Final = (
    Deed("top", f"top {PAGE_SIZE}", 1.1),
    Deed("top_open", f"top {PAGE_SIZE} without a token"),
    Deed("far", f"page {FAR_PAGE:,} of {PAGE_SIZE}"),
    Deed("rank", "own rank"),
    Deed("around", "own rank with neighbours", 1.2),
    Deed("move", "log write that moves the user"),
)


def far_page(size: int) -> int:
    """Return the page that is far down on a board of a size: the last full one where it has no thousand."""
    return min(FAR_PAGE, size // PAGE_SIZE)


def size_name(size: int) -> str:
    """Return a number of users as it is read."""
    return f"{size // 1_000_000} M" if size >= 1_000_000 else f"{size // 1_000} k"


def limits(world: BoardWorld) -> list[Operation]:
    """Return the small programs, on tables of the largest size."""
    actor, size = world.actor, size_name(world.towns[-1].size)
    top, rank = "/drf/boards/top/", f"/drf/boards/rank/{actor.id}/"
    return [
        Operation("l_top", f"**L-top**: top {PAGE_SIZE} of {size} by index, DRF view", LIMITS, (Call("GET", top, actor.token),)),
        Operation("l_rank", f"**L-rank**: own rank in {size} by a tree, DRF view", LIMITS, (Call("GET", rank, actor.token),)),
    ]


def services(world: BoardWorld) -> list[Operation]:
    """Return what the service does, each deed in all towns by turns."""
    calls = {town: _calls(world.actor, town) for town in world.towns}
    return [
        Operation(named(deed, town.size), f"{deed.title}, {size_name(town.size)}", town.database, calls[town][deed.name])
        for deed in DEEDS
        for town in world.towns
    ]


def _calls(actor: Person, town: Town) -> dict[str, tuple[Call, ...]]:
    top = f"{BOARD}?page_size={PAGE_SIZE}"
    return {
        "top": (Call("GET", top, actor.token),),
        "top_open": (Call("GET", top),),
        "far": (Call("GET", f"{top}&page={far_page(town.size)}", actor.token),),
        "rank": (Call("GET", f"{BOARD}me/?neighbors=0", actor.token),),
        "around": (Call("GET", f"{BOARD}me/", actor.token),),
        "move": writes(actor, 0, LOG),
    }


def named(deed: Deed, size: int) -> str:
    """Return the name of a deed on boards of a size."""
    return f"{deed.name}_{size}"


def targets_for(sizes: tuple[int, ...]) -> tuple[Target, ...]:
    """Return the targets: ratios to the limits, and the growth of each deed from the smallest size to the largest."""
    small, large = sizes[0], sizes[-1]
    return (
        Target(f"top {PAGE_SIZE} of {size_name(large)} / L-top", f"top_{large}", "l_top", None, 1.4),
        Target(f"own rank with neighbours in {size_name(large)} / L-rank", f"around_{large}", "l_rank", None, 1.5),
        Target(f"own rank in {size_name(large)} / L-rank", f"rank_{large}", "l_rank", None, None),
        *(
            Target(
                f"{deed.title}, {size_name(large)} / {size_name(small)} users",
                named(deed, large),
                named(deed, small),
                MOST_GROWTH,
                deed.growth_aim,
            )
            for deed in DEEDS
        ),
    )
