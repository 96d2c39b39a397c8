"""The names of entities and choices, in the languages of the hub."""

from collections.abc import Mapping
from dataclasses import dataclass

from scentd.model.diffuser import Mode


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Texts with `{}` take the number of a slot."""

    light: str
    intensity: str
    run_for: str
    scent: str
    oil: str
    oil_volume: str
    days_left: str
    power: str
    energy: str
    signal: str
    problem: str
    refill: str
    identify: str
    happenings: str
    hub: str
    connection: str
    slot: str
    modes: Mapping[Mode, str]

    def numbered(self, text: str, slot_no: int, slots: int) -> str:
        """Give the name of something of a slot; without the number where there is one slot."""
        return text if slots == 1 else f"{text} {slot_no}"


ENGLISH = Words(
    light="Light",
    intensity="Intensity",
    run_for="Run for",
    scent="Scent",
    oil="Oil",
    oil_volume="Oil volume",
    days_left="Days left",
    power="Power",
    energy="Energy",
    signal="Signal",
    problem="Problem",
    refill="Ask for a refill",
    identify="Identify",
    happenings="News",
    hub="Scent hub",
    connection="Connection",
    slot="Slot {}",
    modes={
        Mode.CONTINUOUS: "Continuous",
        Mode.INTERVAL: "Interval",
        Mode.TIMED: "Timed",
        Mode.SLEEP: "Sleep",
        Mode.CUSTOM: "Custom",
    },
)
GERMAN = Words(
    light="Licht",
    intensity="Stärke",
    run_for="Laufen lassen für",
    scent="Duft",
    oil="Öl",
    oil_volume="Ölmenge",
    days_left="Reicht noch",
    power="Leistung",
    energy="Energie",
    signal="Signal",
    problem="Problem",
    refill="Um Nachschub bitten",
    identify="Zu erkennen geben",
    happenings="Neues",
    hub="Duftzentrale",
    connection="Verbindung",
    slot="Fach {}",
    modes={
        Mode.CONTINUOUS: "Dauernd",
        Mode.INTERVAL: "Im Wechsel",
        Mode.TIMED: "Auf Zeit",
        Mode.SLEEP: "Schlafen",
        Mode.CUSTOM: "Eigene",
    },
)
SPANISH = Words(
    light="Luz",
    intensity="Intensidad",
    run_for="Funcionar durante",
    scent="Aroma",
    oil="Aceite",
    oil_volume="Cantidad de aceite",
    days_left="Días restantes",
    power="Potencia",
    energy="Energía",
    signal="Señal",
    problem="Problema",
    refill="Pedir un recambio",
    identify="Identificar",
    happenings="Novedades",
    hub="Central de aromas",
    connection="Conexión",
    slot="Ranura {}",
    modes={
        Mode.CONTINUOUS: "Continuo",
        Mode.INTERVAL: "Intervalos",
        Mode.TIMED: "Con tiempo",
        Mode.SLEEP: "Dormir",
        Mode.CUSTOM: "Propio",
    },
)
LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "de": GERMAN, "es": SPANISH}


def words_of(language: str) -> Words:
    """Give the words of a BCP 47 tag; English for a language the hub does not speak."""
    return LANGUAGES.get(language.partition("-")[0].lower(), ENGLISH)


def mode_named(text: str) -> Mode | None:
    """Give the mode of that name in any language, or of that key; None when there is none.

    Any language, so that an automation written before the household changed its own still works.
    """
    for mode in Mode:
        if text == mode.value or any(text == words.modes[mode] for words in LANGUAGES.values()):
            return mode
    return None
