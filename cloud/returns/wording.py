"""Plain words for the stages, reasons and conditions of returns."""

from collections.abc import Mapping

from cloud.foundation.words import N_
from cloud.returns.stages import Condition, ReturnReason, ReturnStage

# Words, and the kind of pill they stand in.
STAGES: Mapping[ReturnStage, tuple[str, str]] = {
    ReturnStage.ASKED: (N_("Being looked at"), "warn"),
    ReturnStage.APPROVED: (N_("Approved, please send it"), "info"),
    ReturnStage.REFUSED: (N_("Not accepted"), "bad"),
    ReturnStage.WITHDRAWN: (N_("Withdrawn"), ""),
    ReturnStage.RECEIVED: (N_("Arrived here"), "info"),
    ReturnStage.REFUNDED: (N_("Money given back"), "good"),
    ReturnStage.CLOSED: (N_("Closed"), ""),
}
REASONS: Mapping[ReturnReason, str] = {
    ReturnReason.NOT_WANTED: N_("No longer wanted"),
    ReturnReason.DAMAGED: N_("It arrived damaged"),
    ReturnReason.LEAKING: N_("It leaks"),
    ReturnReason.WRONG_ITEM: N_("It is not what was ordered"),
    ReturnReason.SCENT_NOT_LIKED: N_("The scent is not liked"),
    ReturnReason.OTHER: N_("Something else"),
}
CONDITIONS: Mapping[Condition, str] = {
    Condition.SEALED: N_("Sealed"),
    Condition.OPENED: N_("Opened"),
    Condition.DAMAGED: N_("Damaged"),
}
