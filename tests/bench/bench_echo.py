"""What our layers add to a message: bare paho, our link, our link with the commander behind it."""

from pathlib import Path

from tests.bench.children import child
from tests.bench.hub_echo import DEVICE
from tests.bench.report import Section
from tests.bench.rule_echo import echo_rows
from tools.broker import Broker


def measure(folder: Path) -> Section:
    """Measure all three over the same broker."""
    broker = Broker()
    try:
        broker.start()
        with child("bare_echo", broker.port, "bare/ask", "bare/answer") as bare:
            bare.says()
            rows = echo_rows("bare paho", bare.pid, broker.port, "bare/ask", "bare/answer")
        with child("hub_echo", broker.port, folder) as hub:
            hub.says()
            rows += echo_rows("our link", hub.pid, broker.port, "link/ask", "link/answer")
            answer = f"{DEVICE}/command"
            rows += echo_rows("link, commander", hub.pid, broker.port, "command/ask", answer)
    finally:
        broker.close()
    return Section(f"echo through the hub's layers over {broker.kind}", tuple(rows))
