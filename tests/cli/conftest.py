"""The studio of the publishing tests, for commands that publish."""

from __future__ import annotations

from tests.publishing.conftest import hosted_address, sandbox_server, source, studio  # noqa: F401
