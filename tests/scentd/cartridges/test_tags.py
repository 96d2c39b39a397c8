"""Cartridges that name themselves: what a tag begins, keeps and brings back."""

from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import LevelQuality

LAMP = SlotKey("lamp")


async def fit(home, slot: SlotKey, **changes: object):
    said = {"sku": "CED-30", "scent_name": "Cedar", "capacity_ul": 30_000, **changes}
    return await home.shelf.fit(slot, **said)


async def test_a_recognised_cartridge_fits_itself(home) -> None:
    await home.start()

    home.tag("TAG-0001", level_ul=12_000)
    await home.clock.advance(2)

    cartridge = home.shelf.get(LAMP)
    assert (cartridge.install_id, cartridge.remaining_ul) == ("TAG-0001", 12_000)
    assert (cartridge.sku, cartridge.quality) == ("CED-30", LevelQuality.MEASURED)
    assert len(await home.outbox("cartridge.fitted")) == 1


async def test_the_same_tag_again_changes_nothing(home) -> None:
    await home.start()
    home.tag("TAG-0001", level_ul=12_000)
    await home.clock.advance(2)

    for _ in range(5):
        home.tag("TAG-0001", level_ul=12_000)
        await home.clock.advance(60)
    await home.restart_after(hours=1)
    home.tag("TAG-0001", level_ul=12_000)
    await home.clock.advance(60)

    assert len(await home.outbox("cartridge.fitted")) == 1
    assert home.shelf.get(LAMP).cycle == 1


async def test_another_tag_is_another_cycle_and_the_first_one_may_come_back(home) -> None:
    await home.start()
    home.tag("TAG-0001", level_ul=12_000)
    await home.clock.advance(2)
    home.tag("TAG-0002", level_ul=30_000)
    await home.clock.advance(2)

    home.tag("TAG-0001")
    await home.clock.advance(2)

    cartridge = home.shelf.get(LAMP)
    assert (cartridge.install_id, cartridge.cycle) == ("TAG-0001", 1)
    assert cartridge.remaining_ul <= 12_000


async def test_a_level_told_before_the_tag_belongs_to_it(home) -> None:
    await home.start()
    home.level(9_000, retained=True)

    home.tag("TAG-0001")
    await home.clock.advance(2)

    cartridge = home.shelf.get(LAMP)
    assert (cartridge.remaining_ul, cartridge.quality) == (9_000, LevelQuality.DEVICE_ESTIMATE)


async def test_a_tag_on_what_the_household_just_fitted_is_that_cartridges(home) -> None:
    await home.start()
    fitted = await fit(home, LAMP)

    home.tag("TAG-0001", level_ul=29_900)
    await home.clock.advance(2)

    assert home.shelf.get(LAMP).install_id == fitted.install_id
    assert len(await home.outbox("cartridge.fitted")) == 1


async def test_a_short_tag_gets_a_name_that_messages_can_carry(home) -> None:
    await home.start()

    home.tag("7", level_ul=9_000)
    await home.clock.advance(2)

    assert 8 <= len(home.shelf.get(LAMP).install_id) <= 64
