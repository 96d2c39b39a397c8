"""What our layers add to a message: bare paho, our link, our link with the commander behind it."""

from pathlib import Path

from tests.bench.children import child
from tests.bench.echoes import Echo, load_in_turn
from tests.bench.hub_echo import DEVICE
from tests.bench.report import Section
from tools.broker import Broker


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Measure all three over the same broker."""
    rounds, burst, even = (1, 5_000, 100) if is_quick else (3, 20_000, 300)
    broker = Broker()
    try:
        broker.start()
        with (
            child("bare_echo", broker.port, "bare/ask", "bare/answer") as bare,
            child("hub_echo", broker.port, folder) as hub,
        ):
            bare.says()
            hub.says()
            echoes = (
                Echo("bare paho", bare.pid, "bare/ask", "bare/answer"),
                Echo("our link", hub.pid, "link/ask", "link/answer"),
                Echo("link, commander", hub.pid, "command/ask", f"{DEVICE}/command"),
            )
            load_in_turn(echoes, broker.port, rounds=rounds, burst=burst, even=even)
            rows = tuple(row for echo in echoes for row in echo.rows())
    finally:
        broker.close()
    return Section(f"echo through the hub's layers over {broker.kind}", rows)
