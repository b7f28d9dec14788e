"""Makes the shared stores known to the tests of this folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from store_fixtures import embedded_place, neo4j_place, place  # noqa: F401
