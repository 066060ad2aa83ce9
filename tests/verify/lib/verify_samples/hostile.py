"""The hostile set: wheels that are wrong in one way each, and the code that must find it.

`CASES` is used by the tests, and by benchmarks/hostile.py, which shows what other tools say of
the same files.
"""

from verify_samples import hostile_archives, hostile_images, hostile_wheels
from verify_samples.cases import ARM64_WHEEL, CASES, DIST_INFO, PYD, Case, good

__all__ = [
    "ARM64_WHEEL",
    "CASES",
    "DIST_INFO",
    "PYD",
    "Case",
    "good",
    # Importing these fills the set.
    "hostile_archives",
    "hostile_images",
    "hostile_wheels",
]
