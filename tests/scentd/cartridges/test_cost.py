"""What a tick costs: every device's level is brought forward once a minute."""

from datetime import UTC, datetime, timedelta
from time import process_time

from scentd.cartridges.bottle import filled
from scentd.cartridges.outlook import Outlook
from scentd.cartridges.rate import Rate
from scentd.cartridges.slot import FittedSlot
from scentd.cartridges.stock import Stock
from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import Availability, Diffuser, DiffuserState, ReportedState
from tests.scentd.cartridges.conftest import CAN

DEVICES = 50
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
RUNNING = DiffuserState(
    reported=ReportedState(power=True, intensity_percent=100), availability=Availability.ONLINE
)


def test_a_tick_of_a_running_device_is_cheap(is_long_run: bool, capsys) -> None:
    stock = full_house()

    spent = min(cost_of_ticks(stock, round_no) for round_no in range(30))

    microseconds = 1e6 * spent / DEVICES
    if is_long_run:
        with capsys.disabled():
            print(f"\n{microseconds:.0f} µs of CPU a device and tick, {DEVICES} devices")
    assert microseconds <= (50 if is_long_run else 250)


def full_house() -> Stock:
    """Fifty running devices whose rates were learnt at two steps."""
    learnt = Rate().after_fall(20_000, ((0, 300.0), (50, 5e3), (100, 12e3)), "CED-30", 600)
    devices = {f"d{n}": Diffuser(f"d{n}", "native", f"t/{n}", f"D{n}", CAN) for n in range(DEVICES)}
    stock = Stock(Outlook(lambda *_: ()), devices.__getitem__, lambda _: RUNNING, 600.0)
    for name in devices:
        level = filled(100_000, None, learnt, "CED-30")
        stock.put(FittedSlot(SlotKey(name), name, 1, "CED-30", "Cedar", NOW, level, NOW))
    stock.advance_all(0.0, NOW)
    return stock


def cost_of_ticks(stock: Stock, round_no: int) -> float:
    """Seconds of CPU a tick of the whole house takes, the mean of four."""
    begun = process_time()
    for number in range(4 * round_no + 1, 4 * round_no + 5):
        stock.advance_all(60.0 * number, NOW + number * timedelta(minutes=1))
    return (process_time() - begun) / 4
