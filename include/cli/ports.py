"""Which port Airflow's page gets, and who has it when we cannot."""

from __future__ import annotations

import psutil

from include.cli.errors import WrongUsage
from include.database.embedded_server import free_port, is_free

DEFAULT = 8080
NEXT = 50
"""How many ports after the default are tried."""


def choose(wanted: int | None) -> int:
    """Return the port for Airflow's page: `wanted` or nothing else; without a wish 8080 or the next free one.

    Raises `WrongUsage` that names the port, who has it, and the setting.
    """
    if wanted is None:
        return next((port for port in range(DEFAULT, DEFAULT + NEXT) if is_free(port)), None) or free_port()
    if not 1 <= wanted <= 65535:
        raise WrongUsage(f"RELEASE_DESK_PORT (or --port) must be between 1 and 65535, not {wanted}.")
    if not is_free(wanted):
        raise WrongUsage(
            f"Port {wanted} is taken{holder(wanted)}. Choose another with RELEASE_DESK_PORT or --port, "
            "or leave both out for the next free one."
        )
    return wanted


def holder(port: int) -> str:
    """Return ` by NAME (process N)`, nothing when this user may not know."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return ""
    for each in connections:
        if each.status == psutil.CONN_LISTEN and each.laddr and each.laddr[1] == port and each.pid:
            try:
                return f" by {psutil.Process(each.pid).name()} (process {each.pid})"
            except psutil.NoSuchProcess:
                return ""
    return ""


def free_for(remembered: int | None) -> int:
    """Return the port used last time when it is still free, else any free one."""
    return remembered if remembered is not None and is_free(remembered) else free_port()
