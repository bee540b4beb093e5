"""The studio of the publishing tests: a warehouse, a sandbox, an exported release and the product's own steps."""

from tests.publishing.conftest import *  # noqa: F403  every fixture: the studio stands on the others
