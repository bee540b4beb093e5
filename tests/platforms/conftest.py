"""`template/` holds a platform that is tried in a copy of the project only, by `test_add_a_platform.py`."""

collect_ignore_glob = ["template/*"]
