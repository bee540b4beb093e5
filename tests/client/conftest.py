"""The desk's people and the studio they publish in."""

from __future__ import annotations

from tests.accounts.conftest import sandbox_process  # noqa: F401
from tests.desk.people import ask, runs  # noqa: F401
from tests.publishing.conftest import hosted_address, sandbox_server, source, studio  # noqa: F401
