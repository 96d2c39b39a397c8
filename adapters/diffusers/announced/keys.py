"""The short names of fields, written out, and the topics below `~`."""

from collections.abc import Mapping

_TOP: Mapping[str, str] = {
    "avty": "availability",
    "avty_mode": "availability_mode",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "bri_cmd_t": "brightness_command_topic",
    "bri_cmd_tpl": "brightness_command_template",
    "bri_scl": "brightness_scale",
    "bri_stat_t": "brightness_state_topic",
    "bri_val_tpl": "brightness_value_template",
    "cmd_t": "command_topic",
    "cmd_tpl": "command_template",
    "cmps": "components",
    "dev": "device",
    "dev_cla": "device_class",
    "ent_cat": "entity_category",
    "evt_typ": "event_types",
    "fx": "effect",
    "fx_cmd_t": "effect_command_topic",
    "fx_cmd_tpl": "effect_command_template",
    "fx_list": "effect_list",
    "fx_stat_t": "effect_state_topic",
    "fx_val_tpl": "effect_value_template",
    "hum_cmd_t": "target_humidity_command_topic",
    "hum_cmd_tpl": "target_humidity_command_template",
    "hum_stat_t": "target_humidity_state_topic",
    "hum_state_tpl": "target_humidity_state_template",
    "max_hum": "max_humidity",
    "min_hum": "min_humidity",
    "mode_cmd_t": "mode_command_topic",
    "mode_cmd_tpl": "mode_command_template",
    "mode_stat_t": "mode_state_topic",
    "mode_stat_tpl": "mode_state_template",
    "o": "origin",
    "obj_id": "object_id",
    "ops": "options",
    "p": "platform",
    "pct_cmd_t": "percentage_command_topic",
    "pct_cmd_tpl": "percentage_command_template",
    "pct_stat_t": "percentage_state_topic",
    "pct_val_tpl": "percentage_value_template",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "pl_prs": "payload_press",
    "pr_mode_cmd_t": "preset_mode_command_topic",
    "pr_mode_cmd_tpl": "preset_mode_command_template",
    "pr_mode_stat_t": "preset_mode_state_topic",
    "pr_mode_val_tpl": "preset_mode_value_template",
    "pr_modes": "preset_modes",
    "rgb_cmd_t": "rgb_command_topic",
    "rgb_cmd_tpl": "rgb_command_template",
    "rgb_stat_t": "rgb_state_topic",
    "rgb_val_tpl": "rgb_value_template",
    "spd_rng_max": "speed_range_max",
    "spd_rng_min": "speed_range_min",
    "stat_off": "state_off",
    "stat_on": "state_on",
    "stat_t": "state_topic",
    "stat_tpl": "state_template",
    "stat_val_tpl": "state_value_template",
    "sup_clrm": "supported_color_modes",
    "t": "topic",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
_DEVICE: Mapping[str, str] = {
    "cns": "connections",
    "ids": "identifiers",
    "mdl": "model",
    "mf": "manufacturer",
    "sa": "suggested_area",
    "sw": "sw_version",
}
_ORIGIN: Mapping[str, str] = {"sw": "sw_version"}


def written_out(values: Mapping[str, object], base: str = "") -> dict[str, object]:
    """Give the fields of an entity or of availability by their long names, topics in full.

    `base` stands for `~` where they name none of their own.
    """
    own = values.get("~", base)
    base = own if isinstance(own, str) else base
    full = {_TOP.get(name, name): value for name, value in values.items() if name != "~"}
    topics = {
        name: _below(base, value)
        for name, value in full.items()
        if name.endswith("topic") and isinstance(value, str)
    }
    listed = full.get("availability")
    if isinstance(listed, dict):
        full["availability"] = written_out(listed, base)
    if isinstance(listed, list):
        full["availability"] = [written_out(one, base) for one in listed if isinstance(one, dict)]
    return {**full, **topics}


def device_written_out(values: Mapping[str, object]) -> dict[str, object]:
    """Give the fields of `device` by their long names."""
    return {_DEVICE.get(name, name): value for name, value in values.items()}


def origin_written_out(values: Mapping[str, object]) -> dict[str, object]:
    """Give the fields of `origin` by their long names."""
    return {_ORIGIN.get(name, name): value for name, value in values.items()}


def _below(base: str, topic: str) -> str:
    if not base:
        return topic
    if topic.startswith("~"):
        return f"{base}{topic[1:]}"
    return f"{topic[:-1]}{base}" if topic.endswith("~") else topic
