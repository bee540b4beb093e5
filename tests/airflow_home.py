"""A folder of its own for Airflow in the test process, so that no test reads or writes the user's."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile

from include.settings import PROJECT


def settle() -> None:
    """Give Airflow a home before it is imported for the first time; later calls change nothing."""
    if "airflow" in sys.modules or os.environ.get("AIRFLOW_HOME", "").startswith(tempfile.gettempdir()):
        return
    home = tempfile.mkdtemp(prefix="release-desk-airflow-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["AIRFLOW_HOME"] = home
    os.environ["AIRFLOW_CONFIG"] = str(PROJECT / "airflow.cfg")
    os.environ["AIRFLOW__CORE__PLUGINS_FOLDER"] = str(PROJECT / "plugins")
