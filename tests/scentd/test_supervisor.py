import asyncio
import contextlib
import socket
from pathlib import Path

from scentd.supervisor import ServiceManager, keep_running
from tests.fakes.clock import ManualClock


@contextlib.asynccontextmanager
async def running(coroutine):
    task = asyncio.create_task(coroutine)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_crashed_part_starts_again_after_a_pause_that_doubles(clock: ManualClock) -> None:
    starts: list[float] = []

    async def crash() -> None:
        starts.append(clock.monotonic())
        raise RuntimeError("wire cut")

    async with running(keep_running("bridge", crash, clock)):
        await clock.advance(8)

    assert [moment - starts[0] for moment in starts] == [0, 1, 3, 7]


async def test_a_part_that_was_healthy_for_a_minute_pauses_shortly_again(
    clock: ManualClock,
) -> None:
    starts: list[float] = []

    async def crash_after(seconds: float) -> None:
        starts.append(clock.monotonic())
        await clock.sleep(seconds)
        raise RuntimeError("wire cut")

    lives = iter([0.0, 0.0, 90.0, 0.0, 1_000.0])
    async with running(keep_running("bridge", lambda: crash_after(next(lives)), clock)):
        await clock.advance(120)

    assert [moment - starts[0] for moment in starts] == [0, 1, 3, 94, 96]


async def test_systemd_hears_ready_and_a_watchdog_beat_thrice_an_interval(
    clock: ManualClock, tmp_path: Path
) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as listener:
        listener.bind(str(address))
        manager = ServiceManager(clock, str(address), watchdog_us=30_000_000)

        manager.say("READY=1")
        async with running(manager.feed_watchdog()):
            await clock.advance(21)

        heard = [listener.recv(64).decode() for _ in range(4)]
    assert heard == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]


async def test_a_deaf_service_manager_stops_nothing(clock: ManualClock, tmp_path: Path) -> None:
    manager = ServiceManager(clock, str(tmp_path / "nobody"))

    manager.say("READY=1")
