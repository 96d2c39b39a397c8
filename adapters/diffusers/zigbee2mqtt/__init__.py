"""Zigbee2MQTT 1.x and 2.x: plugs and other Zigbee devices behind a bridge on the broker.

Facts are of its source and documents (2.12) and of the definitions in zigbee-herdsman-converters
26.112; no radio and no device were at hand. There is no Zigbee diffuser on the market: plugs are
what matters, what sprays or blows is read by the names its definition gives it.
"""
