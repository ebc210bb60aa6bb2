"""A pack that UPower knows, asked over D-Bus.

Source: UPower's reference, interfaces org.freedesktop.UPower and org.freedesktop.UPower.Device.
"""

from collections.abc import Mapping
from typing import Final

from jeepney import DBusAddress, Message, MessageFlag, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import DBusErrorResponse, unwrap_msg

from drivers.battery.sample import Sample
from drivers.errors import LinkLostError, PortNotFoundError, TransportError

SYSTEM_BUS: Final = "SYSTEM"
SERVICE: Final = "org.freedesktop.UPower"
DEVICES: Final = "/org/freedesktop/UPower/devices/"
DEVICE_INTERFACE: Final = "org.freedesktop.UPower.Device"
PACKS: Final = frozenset({2, 3})
"""Kinds of device: a battery and an uninterruptible supply."""
CHARGING: Final = 1
DISCHARGING: Final = frozenset({2, 3, 6})
"""States: discharging, empty, about to discharge."""
ANSWER_S: Final = 2.0


class UPowerDevice:
    """One battery of UPower's; without a name it is the only one that powers this computer.

    UPower looks at the pack itself, each 30 s or more seldom: it is asked to look again before each reading,
    and a sample is as old as UPower's own.
    """

    def __init__(self, name: str = "", bus: str = SYSTEM_BUS) -> None:
        """`bus` is SYSTEM, or an address such as unix:path=/run/bus."""
        self._name = name
        self._bus = bus
        self._connection: DBusConnection | None = None
        self._updated: tuple[object, float] | None = None

    def read(self, now_s: float) -> Sample:
        """Ask for all properties once.

        Raises:
            PortNotFoundError: there is no such battery, no UPower, or no bus.
            LinkLostError: the bus does not answer any more.
            TransportError: there are several batteries and no name.
        """
        try:
            return self._sample(now_s)
        except (OSError, TimeoutError, RuntimeError) as error:
            self._hang_up()
            raise LinkLostError(f"UPower cannot be asked over D-Bus: {error}.") from error
        except DBusErrorResponse as error:
            self._hang_up()
            raise PortNotFoundError(f"UPower does not know this battery: {error.name}.") from error

    def _sample(self, now_s: float) -> Sample:
        path = DEVICES + self._name if self._name else self._only_one()
        self._look_again(path)
        told = self._properties(path)
        if told.get("IsPresent") is False:
            raise PortNotFoundError(f"{path.removeprefix(DEVICES)} is taken out.")
        voltage_v, power_w = _number(told, "Voltage"), _signed(told)
        current_a = power_w / voltage_v if voltage_v and power_w is not None else None
        return Sample(_number(told, "Percentage"), voltage_v, current_a, power_w, self._at_s(told, now_s))

    def _at_s(self, told: Mapping[str, object], now_s: float) -> float:
        """Return when UPower's own look at the pack was first seen here; its wall clock is not trusted."""
        stamp = told.get("UpdateTime")
        if stamp is None:
            return now_s
        if self._updated is None or self._updated[0] != stamp:
            self._updated = (stamp, now_s)
        return self._updated[1]

    def _only_one(self) -> str:
        answer = self._ask(new_method_call(_address("/org/freedesktop/UPower", SERVICE), "EnumerateDevices"))
        paths = [path for path in _list(answer) if isinstance(path, str)]
        packs = [path for path in paths if self._is_pack(self._properties(path))]
        if len(packs) == 1:
            return packs[0]
        if not packs:
            raise PortNotFoundError("UPower knows no battery of this computer.")
        names = ", ".join(path.removeprefix(DEVICES) for path in sorted(packs))
        raise TransportError(f"There are several batteries, write upower:// and one of {names}.")

    @staticmethod
    def _is_pack(told: Mapping[str, object]) -> bool:
        return told.get("Type") in PACKS and told.get("PowerSupply") is not False

    def _look_again(self, path: str) -> None:
        """Ask UPower to look at the pack; whether it may is its business, so no answer is waited for."""
        message = new_method_call(_address(path, DEVICE_INTERFACE), "Refresh")
        message.header.flags |= MessageFlag.no_reply_expected
        self._line().send(message)

    def _properties(self, path: str) -> dict[str, object]:
        """Return the properties of a device by name; each comes with its D-Bus type, which is left out."""
        answer = self._ask(Properties(_address(path, DEVICE_INTERFACE)).get_all())
        return (
            {str(name): typed[1] for name, typed in dict(answer).items()} if isinstance(answer, dict) else {}
        )

    def _ask(self, message: Message) -> object:
        answer: object = unwrap_msg(self._line().send_and_get_reply(message, timeout=ANSWER_S))[0]
        return answer

    def _line(self) -> DBusConnection:
        if self._connection is None:
            self._connection = open_dbus_connection(bus=self._bus)
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _address(path: str, interface: str) -> DBusAddress:
    return DBusAddress(path, bus_name=SERVICE, interface=interface)


def _list(answer: object) -> list[object]:
    return list(answer) if isinstance(answer, list) else []


def _number(told: Mapping[str, object], name: str) -> float | None:
    value = told.get(name)
    return float(value) if isinstance(value, int | float) else None


def _signed(told: Mapping[str, object]) -> float | None:
    """UPower's rate may come without a sign: the state of the battery tells it."""
    rate_w, state = _number(told, "EnergyRate"), told.get("State")
    if rate_w is None:
        return None
    if state == CHARGING:
        return abs(rate_w)
    return -abs(rate_w) if state in DISCHARGING else rate_w
