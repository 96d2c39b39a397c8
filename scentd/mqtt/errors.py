"""Why there is no connection to the broker, in words a household can act on."""

import socket
import ssl
from collections.abc import Mapping

from paho.mqtt.reasoncodes import ReasonCode

from scentd.model.errors import ScentdError
from scentd.model.reasons import Reason
from scentd.mqtt.settings import MqttSettings


class BrokerLost(ScentdError):
    """The broker cannot be reached, or the connection ended.

    `is_permanent` says that only a person can help; trying often would only fill logs.
    """

    code = "broker_lost"

    def __init__(
        self,
        code: str,
        facts: Mapping[str, str],
        message: str,
        hint: str,
        *,
        is_permanent: bool = False,
    ) -> None:
        super().__init__(message, hint)
        self.is_permanent = is_permanent
        self.because: Reason = Reason(f"broker_{code}", facts, f"{message} {hint}")


class BrokerTooOld(BrokerLost):
    """The broker does not speak MQTT 5; 3.1.1 is worth a try at once."""

    code = "broker_speaks_no_mqtt_5"


def unreachable(settings: MqttSettings, error: BaseException) -> BrokerLost:
    """Give the words for an attempt that ended before the broker said anything."""
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, TimeoutError):
        return BrokerLost(
            "silent",
            {"where": where},
            f"The broker at {where} does not answer.",
            "Check that it runs, that the address is right and no firewall is in between.",
        )
    if isinstance(error, ConnectionRefusedError):
        return BrokerLost(
            "nothing_there",
            {"where": where},
            f"Nothing listens at {where}.",
            "Start the broker (systemctl start mosquitto), or set mqtt.host and mqtt.port.",
        )
    if isinstance(error, socket.gaierror):
        return BrokerLost(
            "name_unknown",
            {"host": settings.host},
            f"The name “{settings.host}” is not known on this network.",
            "Check mqtt.host, or use the broker's address instead.",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return BrokerLost(
            "certificate",
            {"said": error.verify_message},
            f"The broker's certificate was not accepted: {error.verify_message}.",
            "Set mqtt.ca_file to the authority that signed it, and mqtt.host to the name in it.",
            is_permanent=True,
        )
    if isinstance(error, ssl.SSLError):
        return BrokerLost(
            "tls",
            {"where": where, "said": str(error.reason or error)},
            f"No TLS with {where}: {error.reason or error}.",
            "Check mqtt.tls, mqtt.port (8883 is usual with TLS) and the client certificate.",
            is_permanent=True,
        )
    code, hint = "unreachable", "Check the network and the broker's log."
    if settings.tls and settings.client_cert_file is None:
        code = "unreachable_tls"
        hint = "If the broker wants a client certificate, set mqtt.client_cert_file."
    facts = {"where": where, "said": str(error)}
    return BrokerLost(code, facts, f"The broker at {where} cannot be reached: {error}.", hint)


def unusable_files(error: OSError) -> BrokerLost:
    """Give the words for a certificate or password file that cannot be read."""
    return BrokerLost(
        "files",
        {"said": str(error)},
        f"A file the broker connection needs cannot be used: {error}.",
        "Check mqtt.ca_file, mqtt.client_cert_file, mqtt.client_key_file and mqtt.password_file.",
        is_permanent=True,
    )


def refused(settings: MqttSettings, reason: ReasonCode) -> BrokerLost:
    """Give the words for a broker that answered and said no."""
    name = reason.getName()
    if name == "Unsupported protocol version":
        return BrokerTooOld("too_old", {}, "The broker speaks an older MQTT.", "Trying MQTT 3.1.1.")
    if name in {"Bad user name or password", "Not authorized", "Banned"}:
        who = f"user “{settings.username}”" if settings.username else "clients without a user"
        return BrokerLost(
            "refuses_user",
            {"user": settings.username or "-"},
            f"The broker refuses {who}: {name.lower()}.",
            "Set mqtt.username and mqtt.password_file to what the broker's password file says.",
            is_permanent=True,
        )
    return BrokerLost(
        "refuses",
        {"said": name.lower()},
        f"The broker refuses the hub: {name.lower()}.",
        "Look at the broker's log for the reason.",
    )


def ended(settings: MqttSettings, reason: ReasonCode | None) -> BrokerLost:
    """Give the words for a connection that worked and is gone."""
    if reason is not None and reason.getName() == "Session taken over":
        return BrokerLost(
            "twin",
            {"name": settings.name},
            f"Another program signed in to the broker as scentd-{settings.name}.",
            "Give each hub on this broker its own mqtt.name.",
        )
    if reason is not None and reason.getName() not in {"Unspecified error", "Success"}:
        return BrokerLost(
            "ended",
            {"said": reason.getName().lower()},
            f"The broker ended the connection: {reason.getName().lower()}.",
            "The hub reconnects by itself.",
        )
    return BrokerLost(
        "gone",
        {"where": f"{settings.host}:{settings.port}", "name": settings.name},
        f"The connection to the broker at {settings.host}:{settings.port} was lost.",
        "The hub reconnects by itself; if this repeats, make sure that no other program signs in "
        f"as scentd-{settings.name}.",
    )
