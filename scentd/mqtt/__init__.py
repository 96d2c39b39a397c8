"""The broker link: bytes and topics, kept alive; knows no vendor and no device."""
