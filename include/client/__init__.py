"""Release Desk for scripts: the REST API in Python, with the names people know.

from include.client import PublishConfig, PublishingManager

desk = PublishingManager("http://127.0.0.1:8080", user="alice", password="…")
job = desk.publish(PublishConfig(segment="women", age_bucket="18-23", title_id="clip42", accounts=["my_youtube"]))
print(desk.wait(job["job_id"])["summary"])
"""

from __future__ import annotations

from include.client.config import PublishConfig
from include.client.connection import DeskError
from include.client.publishing import PublishingManager
from include.client.queue import PublishingQueue

__all__ = ["DeskError", "PublishConfig", "PublishingManager", "PublishingQueue"]
