"""Where a pull may go. A city's supervisor types an address; the name behind it belongs to somebody else, who may point
it at our own machines. So an address is reached only when it is public, or lies in a network that whoever runs the
installation has named:

    SANJIAN_PULL_NETWORKS=10.20.0.0/16,192.168.7.5

Asked twice: of what the name means before anything is sent, and of the other end once the connection stands, because a
name may mean something else a moment later.
"""

import ipaddress
import socket

from django.utils.translation import gettext as _

from sanjian.base.config import config

from .pull_errors import PullFailed

SETTING = "SANJIAN_PULL_NETWORKS"
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(host: str, port: int) -> str:
    """The address behind a name.

    Raises:
        PullFailed: no such name, or one of its addresses is nowhere that a pull may go.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise PullFailed(_("找不到主机 %(host)s，请核对地址") % {"host": host}) from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        ensure_allowed(address)
    return addresses[0]


def ensure_allowed(address: str) -> None:
    """Refuse an address of our own machines and networks.

    Raises:
        PullFailed: it is neither public nor named in the setting, or the setting is misspelt.
    """
    one: Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(one, ipaddress.IPv6Address) and one.ipv4_mapped is not None:
        one = one.ipv4_mapped
    is_public = one.is_global and not one.is_multicast
    if not is_public and not any(one in network for network in _networks()):
        raise PullFailed(
            _("%(address)s 是内部网络地址，已拒绝；确属伙伴单位的，请运维在 %(setting)s 中写明网段")
            % {"address": one, "setting": SETTING}
        )


def _networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    written = [part.strip() for part in config().pull_networks.split(",") if part.strip()]
    try:
        return [ipaddress.ip_network(part, strict=False) for part in written]
    except ValueError as error:
        raise PullFailed(_("%(setting)s 写错了：%(why)s") % {"setting": SETTING, "why": error}) from error
