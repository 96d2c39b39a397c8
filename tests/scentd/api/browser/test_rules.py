"""A rule in a real browser: by keyboard alone, in place, with and without a script."""

from datetime import time

import pytest

from scentd.api.page.ruleparts import ACTIONS, CONDITIONS, TRIGGERS
from scentd.model.action import ActivateScene, Notify, WaitUntil
from scentd.model.condition import AnyOf, NotSo, SensorIs, SomeoneHome, SunWindow, TimeWindow
from scentd.model.scene import Scene, SceneState
from scentd.model.trigger import SensorReading, TimeOfDay
from tests.browser import axe_findings
from tests.fakes.rules import rule, say
from tests.scentd.api.browser.test_looks import PHONE, WIDE, take

pytestmark = pytest.mark.needs_browser


@pytest.fixture
async def busy(rig):
    """A rule with a bit of everything, and a day of readings to try it on."""
    await rig.house.scenes.save(
        Scene("guests", "Guests", (SceneState("native-a1", power=True, intensity_percent=60),))
    )
    dry_air = AnyOf((SomeoneHome(), NotSo(SensorIs("home/bath", above=80.0, unit="%"))))
    kept = rule(
        SensorReading("home/bath", above=65.0, hysteresis=5.0, for_s=300, unit="%"),
        ActivateScene("guests"),
        WaitUntil(SensorIs("home/bath", below=60.0, unit="%"), 3600),
        Notify("Air the bathroom."),
        conditions=(dry_air, TimeWindow(time(7), time(22)), SunWindow(before="sunset")),
    )
    await rig.house.rules.save(kept)
    await rig.clock.advance(0)
    for minute in range(60):
        rig.topics.deliver("home/bath", b"%d" % (60 + minute % 17))
        await rig.clock.advance(900 if minute % 3 else 2000)
    return kept


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_rule_and_its_trial_are_accessible_and_fit_a_phone(page, base, busy, theme):
    await page.emulate_media(color_scheme=theme)
    await page.set_viewport_size(WIDE)
    await page.goto(f"{base}/rules/r")
    await page.get_by_role("button", name="Try it on the last 30 days").click()
    await page.get_by_text("It would have run").wait_for()

    assert await axe_findings(page) == []
    await take(page, f"rule-trial-{theme}")
    await page.set_viewport_size(PHONE)
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await take(page, f"rule-trial-phone-{theme}")
    await page.set_viewport_size(WIDE)
    await page.get_by_role("button", name="Edit as text").click()
    await page.get_by_label("The rule as YAML").wait_for()
    assert await axe_findings(page) == []
    await take(page, f"rule-text-{theme}")
    await page.goto(f"{base}/scenes/guests")
    assert await axe_findings(page) == []
    await take(page, f"scene-{theme}")


async def test_every_kind_of_part_is_accessible(page, base):
    await page.goto(f"{base}/rules/new")
    for number, kind in enumerate(CONDITIONS):
        await page.get_by_role("button", name="Add a condition").last.click()
        await choose(page, f"c.{number}", kind)
    for number, kind in enumerate(ACTIONS):
        await page.get_by_role("button", name="Add a step").click()
        await choose(page, f"a.{number}", kind)
    assert await axe_findings(page) == []

    await page.goto(f"{base}/rules/new")
    for kind in TRIGGERS:
        await choose(page, "t", kind)
        assert await axe_findings(page) == [], kind


async def choose(page, prefix, kind):
    box = page.locator(f'[id="{prefix}.kind"]')
    await box.wait_for()
    await box.select_option(kind)
    shown = page.locator(f'[name="{prefix}.shown"][value="{kind}"]')
    await shown.wait_for(state="attached")


async def test_a_rule_is_made_by_keyboard_alone_without_leaving_the_page(page, base, rig):
    await page.goto(f"{base}/rules/new")
    await page.evaluate("window.stayed = true")
    press = page.keyboard.press

    await page.get_by_label("Name", exact=True).focus()
    await page.keyboard.type("Fresh air")
    await press("Tab")
    await press("Tab")
    await page.keyboard.type("A sensor")
    await page.locator('[id="t.topic"]').wait_for()
    assert await focused(page) == "t.kind"
    await press("Tab")
    await page.keyboard.type("home/attic")
    await press("Tab")
    await press("Tab")
    await page.keyboard.type("30")
    await page.get_by_role("button", name="Add a condition").focus()
    await press("Enter")
    await page.locator('[id="c.0.kind"]').wait_for()
    await page.wait_for_function("document.activeElement.id === 'c.0.kind'")
    await page.keyboard.type("Someone")
    await page.locator('[name="c.0.shown"][value="someone_home"]').wait_for(state="attached")
    await page.get_by_role("button", name="Add a step").focus()
    await press("Space")
    await page.wait_for_function("document.activeElement.id === 'a.0.kind'")
    await page.keyboard.type("Switch every")
    await page.locator('[name="a.0.shown"][value="stop_all"]').wait_for(state="attached")
    assert await page.evaluate("window.stayed")
    await page.get_by_label("Name", exact=True).focus()
    await press("Enter")
    await page.get_by_text("Rule saved.").wait_for()

    made = next(one for one in rig.house.rules.all() if one.name == "Fresh air")
    assert made.trigger == SensorReading("home/attic", above=30.0)
    assert made.conditions == (SomeoneHome(),)
    assert [action.kind for action in made.actions] == ["stop_all"]


async def test_removing_a_part_moves_the_others_up(page, base, rig):
    await rig.house.rules.save(rule(TimeOfDay(time(7)), say("one"), say("two"), say("three")))
    await page.goto(f"{base}/rules/r")

    await page.get_by_role("button", name="Remove step 1").click()
    await page.locator('[id="a.2.kind"]').wait_for(state="detached")

    assert await page.locator('[id="a.0.topic"]').input_value() == "two"
    assert await page.locator('[id="a.1.topic"]').input_value() == "three"
    assert await focused(page) == "add.a"


async def focused(page) -> str:
    return await page.evaluate("document.activeElement.id")
