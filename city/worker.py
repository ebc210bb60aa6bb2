"""One of several receivers: `python -m city.worker SETTINGS DATABASE` works until its standard input ends."""

import logging
import sys

from city.link import LinkSettings
from city.receiver import Receiver
from city.store import open_store


def main(settings: str, database: str) -> None:
    """Receive; the end of standard input is the end of whoever started this."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    store = open_store(database)
    receiver = Receiver(LinkSettings.model_validate_json(settings), store)
    receiver.start()
    try:
        sys.stdin.buffer.read()
    finally:
        receiver.stop()
        store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
