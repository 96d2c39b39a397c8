"""Deciding about a reorder: a pure function of what is known, with its reasons.

Every rule looks at the case alone and says nothing, or why it objects. The gravest objection
wins: refuse before wait before ask. Without any, an automatic slot orders and the others ask.
"""

from collections.abc import Callable

from cloud.reorders import level_rules, purchase_rules, slot_rules
from cloud.reorders.cases import Case, Mode
from cloud.reorders.findings import Decision, Finding, Reason, Verdict

Rule = Callable[[Case], Finding | None]

RULES: tuple[Rule, ...] = (
    slot_rules.mode_is_on,
    slot_rules.slot_is_live,
    slot_rules.nobody_else_refills,
    level_rules.cartridge_is_present,
    level_rules.level_did_not_rise,
    purchase_rules.shop_sells_it,
    slot_rules.nobody_paused,
    slot_rules.nobody_snoozed,
    slot_rules.nothing_is_open,
    slot_rules.nothing_just_shipped,
    slot_rules.no_bottle_on_hand,
    level_rules.device_has_settled,
    level_rules.level_is_known,
    level_rules.level_is_fresh,
    level_rules.clock_did_not_jump,
    level_rules.low_is_certain,
    level_rules.oil_will_not_outlast_parcel,
    purchase_rules.member_agreed,
    purchase_rules.member_agreed_to_no_asking,
    purchase_rules.variant_is_agreed,
    purchase_rules.variant_is_sellable,
    purchase_rules.variant_is_in_stock,
    purchase_rules.currency_is_agreed,
    purchase_rules.total_is_below_ceiling,
    purchase_rules.shipping_is_agreed,
    purchase_rules.tax_is_agreed,
    slot_rules.no_bottle_on_the_way,
    slot_rules.slot_is_below_cap,
    slot_rules.household_is_below_cap,
    slot_rules.pace_is_usual,
    slot_rules.hub_is_single,
)


def decide(case: Case) -> Decision:
    """Return what shall happen to a reported low cartridge. Deterministic; never raises."""
    findings = tuple(found for rule in RULES if (found := rule(case)) is not None)
    for verdict in (Verdict.REFUSE, Verdict.WAIT, Verdict.PROPOSE):
        grave = [finding for finding in findings if finding.verdict is verdict]
        if grave:
            return _decided(grave, findings)
    if case.standing.mode is Mode.AUTOMATIC:
        return Decision(Verdict.ORDER, Reason.AGREED, None, findings)
    return Decision(Verdict.PROPOSE, Reason.ASK_MODE, None, findings)


def _decided(grave: list[Finding], findings: tuple[Finding, ...]) -> Decision:
    moments = [finding.until for finding in grave if finding.until is not None]
    return Decision(grave[0].verdict, grave[0].reason, max(moments) if moments else None, findings)
