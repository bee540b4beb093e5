"""Measurements, each beside what it is measured against, in one run: `./desk bench [NAME…]`.

Every measurement is a module of this folder with `measure(runs, mib, say) -> Figure`. Progress goes to `say`; nothing
is judged here. The figures of a release are in `docs/benchmarks.md`, with the machine they come from.
"""

from __future__ import annotations

BUILT = (
    "upload", "release", "validate", "parse", "publish5", "waiting", "hosting", "rewrap", "transcode",
    "accounts", "token", "rekey", "pick", "limiter", "load", "due",
    "post", "batch", "calls", "copy", "marts", "dlt",
)  # fmt: skip
"""Measurements there are, in the order they run when none is named."""
TO_COME = (
    "scores", "comments", "report", "experiments",
)  # fmt: skip
"""Names of the contract whose subject is not built yet."""
