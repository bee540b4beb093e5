"""`python -m benchmarks.upload_task OWNER PUBLICATION`: one `upload` step as a task runs it, timed from inside.

A process of its own that has loaded what our scheduler loads for its tasks, as every task of Airflow's here is: its
memory is that of this one upload. Prints a JSON object with `seconds` and `peak_rss_growth_mib`, counted from the
moment before the step. Starting Python is not in it, as starting curl is not in curl's own count.
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks.figures import forget_peak, rss_now, rss_peak
from include.cli import warm_scheduler
from include.publishing import steps
from include.publishing.progress import Done


def main(owner: str, publication_id: str) -> None:
    """Take the step and print what it took; raise when the platform did not get everything."""
    warm_scheduler.load()
    before = rss_now()
    forget_peak()
    began = time.perf_counter()
    progress = steps.upload(owner, publication_id)
    seconds = time.perf_counter() - began
    if not isinstance(progress, Done):
        raise RuntimeError(f"The upload did not come to its end: {progress}")
    print(json.dumps({"seconds": seconds, "peak_rss_growth_mib": rss_peak() - before}))


if __name__ == "__main__":
    main(*sys.argv[1:])
