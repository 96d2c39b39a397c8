"""No secret that stands anywhere in recorded messages survives, and devices stay what they are."""

import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.corpus.recording import Message
from adapters.corpus.scrubbing import Scrubber

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")),
    min_size=2,
    max_size=12,
).map(lambda text: f"Zq{text}")
hardware = st.integers(0, 2**48 - 1).map(lambda number: f"{number:012x}")
forms = st.sampled_from(
    [
        lambda mac: ":".join(mac[i : i + 2] for i in range(0, 12, 2)),
        lambda mac: "-".join(mac[i : i + 2] for i in range(0, 12, 2)).upper(),
        str.upper,
        str.lower,
    ]
)
ips = st.ip_addresses(v=4).map(str)
names = st.sampled_from(["ssid", "SSId", "wifi_ssid", "hostname", "hn", "mqtt_user"])
secret_names = st.sampled_from(["password", "Password1", "psk", "api_key", "access_token", "key"])
mails = st.from_regex(r"\A[a-z]{3,8}\.zq@[a-z]{3,8}\.(?:com|de)\Z")


@st.composite
def planted(draw: st.DrawFn) -> tuple[list[Message], set[str]]:
    """Messages with secrets everywhere, and the secrets."""
    mac, other, ip, mail = draw(hardware), draw(hardware), draw(ips), draw(mails)
    word, secret = draw(texts), draw(texts)
    body = {
        draw(names): word,
        "deep": [{draw(secret_names): secret, "mac": draw(forms)(mac)}],
        "text": f"it joined {word} from {ip} as {mail}",
        draw(forms)(other): True,
        "bssid": draw(forms)(other),
        "nested": json.dumps({"ip": ip, "who": mail, "again": secret}),
        "latitude": float(f"{draw(st.integers(1, 89))}.{draw(st.integers(10_001, 99_999))}7"),
        "url": f"http://{ip}/?token={secret}",
    }
    level = word if "/" not in word else "level"
    messages = [
        Message(f"home/{mac[-6:].upper()}_x/{level}/state", json.dumps(body).encode()),
        Message(f"tele/tasmota_{mac[-6:]}/STATE", json.dumps(body, ensure_ascii=False).encode()),
        Message("plain/ssid", word.encode()),
        Message("plain/other", f"{draw(forms)(mac)} {mail}".encode() + b"\xff\xfe"),
        Message("plain/ip", ip.encode()),
        Message("log/cut", json.dumps({"x": f"{word} {secret}"}).encode()[:-1]),
        Message("log/url", f"GET /?a={quote(secret)}&b={quote_plus(word)}".encode()),
        Message("log/loud", f"{word} {secret}".upper().encode()),
    ]
    plain = {mac, other, ip, mail, word, secret, f"{body['latitude']}"}
    # Some letters have capitals that are other letters: those nobody finds again.
    loud = {one.upper() for one in (word, secret) if one.isascii()}
    secrets = plain | loud | {quote(secret), quote_plus(word), json.dumps(word)[1:-1]}
    return draw(st.permutations(messages)), secrets


def everything_in(message: Message) -> str:
    """A message in all the ways a reader could take it."""
    text = message.payload.decode("utf-8", "surrogateescape")
    try:
        unescaped = json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        unescaped = text
    inner = unescaped.replace("\\", "")
    return f"{message.topic}\n{text}\n{unescaped}\n{inner}"


@given(planted())
def test_no_secret_survives_anywhere(case: tuple[list[Message], set[str]]) -> None:
    messages, secrets = case
    scrubber = Scrubber(messages)

    said = "\n".join(everything_in(scrubber.scrub(message)) for message in messages)

    plain = said.lower().replace(":", "").replace("-", "")
    assert [secret for secret in secrets if secret in said] == []
    assert [s for s in secrets if len(s) == 12 and s.isalnum() and s.lower() in plain] == []


@given(planted())
def test_the_same_secret_is_replaced_by_the_same_and_payloads_keep_their_form(
    case: tuple[list[Message], set[str]],
) -> None:
    messages, _ = case

    once = [Scrubber(messages).scrub(message) for message in messages]
    again = [Scrubber(messages).scrub(message) for message in messages]

    assert once == again
    for before, after in zip(messages, once, strict=True):
        assert shape(before) == shape(after)
        assert before.topic.count("/") == after.topic.count("/")


def shape(message: Message) -> Any:
    try:
        body = json.loads(message.payload)
    except ValueError:
        return None
    return [type(value) for value in body.values()]


def scrubbed(*messages: tuple[str, object], public: tuple[str, ...] = ()) -> list[Message]:
    written = [
        Message(topic, said if isinstance(said, bytes) else json.dumps(said).encode())
        for topic, said in messages
    ]
    scrubber = Scrubber(written, public)
    return [scrubber.scrub(message) for message in written]


def test_a_device_is_one_device_in_topics_and_payloads() -> None:
    found, state = scrubbed(
        ("tasmota/discovery/5CCF7F49A3BC/config", {"mac": "5CCF7F49A3BC", "t": "tasmota_49A3BC"}),
        ("tele/tasmota_49A3BC/STATE", {"Wifi": {"BSSId": "AA:BB:CC:DD:EE:FF", "Signal": -61}}),
    )

    mac = found.topic.split("/")[2]
    assert json.loads(found.payload) == {"mac": mac, "t": f"tasmota_{mac[-6:]}"}
    assert state.topic == f"tele/tasmota_{mac[-6:]}/STATE"
    assert json.loads(state.payload)["Wifi"]["Signal"] == -61


def test_numbers_order_and_doubled_names_stay_as_they_were_written() -> None:
    said = b'{"Current":0.060,"b":1,"a":1e3,"a":2,"big":123456789012345678901234567890}'

    (after,) = scrubbed(("tele/plug/SENSOR", said))

    assert after.payload == said


def test_binary_data_in_digits_is_no_address_unless_it_holds_one() -> None:
    data = {"TuyaReceived": {"CmndData": "020200040000", "Data": "55AA0007000802020004"}}

    (plain,) = scrubbed(("tele/x/RESULT", data))
    _, with_mac = scrubbed(("x/mac", b"020200040000"), ("tele/x/RESULT", data))

    assert json.loads(plain.payload) == data
    assert b"020200040000" not in with_mac.payload


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"ssid": "homeassistant"}, "homeassistant/fan/a/config"),
        ({"hostname": "ha"}, "homeassistant/fan/a/config"),
    ],
)
def test_words_of_the_protocol_stay_where_they_are_no_secret(body: Any, kept: str) -> None:
    first, second = scrubbed(("x/y", body), (kept, {}), public=("homeassistant", "config"))

    assert next(iter(body.values())) not in first.payload.decode()
    assert second.topic == kept


def test_what_is_no_secret_stays() -> None:
    body = {"power": True, "fault": "", "name": "Hall", "monkeys": 3, "time": "2026-11-28T12:53:45"}

    (after,) = scrubbed(("scent/1/a/state", body))

    assert json.loads(after.payload) == body


@pytest.mark.parametrize(
    "body",
    [
        {"network_key": [1, 3, 5, 7]},
        {"pin": 4711},
        {"location": "52.5200, 13.4050"},
        {"link": "mqtt://anna:geheim@broker.local:1883"},
        {"token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"},
        {"dump": "0123456789abcdef0123456789abcdef"},
        {"ieee_address": "0x00158d0001234567"},
        {"ipv6": "fe80::1ff:fe23:4567:890a"},
        {"headers": "Authorization: Basic YW5uYTpnZWhlaW0="},
        {"headers": "Authorization: Bearer YW5uYTpnZWhlaW0="},
        {"log": "wifi: ssid=HomeNet, password='geheim'"},
    ],
)
def test_each_of_these_is_taken_out(body: dict[str, object]) -> None:
    (after,) = scrubbed(("a/b", body))

    said = after.payload.decode()
    telling = (
        "4711",
        "52.5",
        "anna",
        "geheim",
        "broker",
        "eyJ",
        "0123456",
        "158d",
        "1ff",
        "HomeNet",
    )
    assert not any(word in said for word in telling)
    assert "7" not in said or "network_key" not in said


def test_what_was_taken_out_is_counted_by_kind() -> None:
    body = {"ssid": "HomeNet", "ip": "192.168.1.5", "mac": "5c:cf:7f:49:a3:bc", "pass": "geheim"}
    scrubber = Scrubber([Message("a/b", json.dumps(body).encode())])

    assert {kind.value: count for kind, count in scrubber.counts.items()} == {
        "network name": 1,
        "network address": 1,
        "hardware address": 1,
        "password or key": 1,
    }
