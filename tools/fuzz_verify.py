"""Feed damaged files to verify for a while, and say what came of it.

Usage: python tools/fuzz_verify.py [--seconds 60] [--seed N]

Any failure ends the run with hypothesis' smallest example and status 1. The seed of every round
is printed, so that a round can be had again with --seed. To see which lines it reaches:

    coverage run --source=winarm.verify tools/fuzz_verify.py && coverage report
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "verify" / "lib"))

from verify_samples.mutations import TARGETS

#: Files of one kind in one round.
ROUND = 500
#: MiB by which the process may grow over what it has after the first round: all files are small.
MOST_GROWTH = 200


def main() -> int:
    """Try files until the time is up; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    arguments = parser.parse_args()
    return fuzz(arguments.seconds, arguments.seed)


def fuzz(seconds: float, first: int) -> int:
    """Run rounds over all targets; return 1 if the process grew too large."""
    done: Counter[str] = Counter()
    end = time.monotonic() + seconds
    number = first
    start_memory = 0
    while time.monotonic() < end:
        for name in TARGETS:
            done[name] += one_round(name, number)
        if number == first:
            start_memory = memory()
        number += 1
    growth = memory() - start_memory
    total = sum(done.values())
    print(f"seeds {first} to {number - 1}, {seconds:.0f} s: {total} files, no failure")
    print(", ".join(f"{name} {count}" for name, count in done.items()))
    print(f"peak memory {memory()} MiB, grown by {growth} MiB since the first round")
    return int(growth > MOST_GROWTH)


def one_round(name: str, number: int) -> int:
    """Try `ROUND` files of one kind, and return how many ran."""
    check, strategies = TARGETS[name]
    ran = 0

    @seed(number)
    @settings(
        max_examples=ROUND, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.tuples(*strategies))
    def every(files: tuple[bytes, ...]) -> None:
        nonlocal ran
        ran += 1
        check(*files)

    every()
    return ran


def memory() -> int:
    """Return the most memory that this process has had, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    sys.exit(main())
