"""Pushes the large graph and kills itself in the middle, as a power cut would; run by the tests.

Arguments: workspace folder, address (or "embedded"), number of writes or chunks before the end.
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from store_fixtures import large

from graphcli.graph.stores import bulk
from graphcli.graph.stores import push as pushing
from graphcli.graph.stores.contract import open_store
from graphcli.workspace.folder import WorkspaceFolder
from graphcli.workspace.options import StoreAddress

folder, uri, limit, way = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
address = StoreAddress(None if uri == "embedded" else uri, "neo4j", os.environ.get("NEO4J_PASSWORD"))
left = limit


def count_down() -> None:
    global left
    left -= 1
    if left < 0:
        print("dying", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)


with open_store(address, WorkspaceFolder(folder), read_only=False) as store:
    if way == "bulk":
        pushing.REBUILD_ROWS = 1_000
        bulk.CHUNK_ROWS, chunks = 500, bulk._chunks

        def counted(frame):
            for rows in chunks(frame):
                count_down()
                yield rows

        bulk._chunks = counted
    else:
        pushing.BATCH_ROWS, write = 250, store.write

        def counted_write(*arguments, **names):
            count_down()
            return write(*arguments, **names)

        store.write = counted_write
        store.rebuild = lambda graph, scope: False
    pushing.push(large(), store, "s1", prune=True)
