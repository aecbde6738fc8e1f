"""`sanjian gateway`: a plain function, mounted by the command line."""

import os
import sys
from dataclasses import fields, replace
from typing import Any, NoReturn

from sanjian.base.config import config

from .gateway.limits import Limits

CANNOT_START = 2


def gateway(*, host: str | None = None, port: int | None = None, protocol: str = "hj212") -> NoReturn:
    """Run the gateway of one protocol until it is told to stop. Django must be set up.

    Address and flush come from the installation's settings; every limit of `Limits` can be set by an environment
    variable `SANJIAN_GATEWAY_<NAME>`, e.g. SANJIAN_GATEWAY_PER_ADDRESS=8000.

    Raises:
        SystemExit: always; 0 and 1 as in `gateway.process`, 2 when it cannot start, with the reason on stderr.
    """
    from .gateway.process import PortTaken, Settings, log_to_stdout, serve
    from .gateway.protocol import ADAPTERS
    from .hj212.exchange import Patience

    if protocol not in ADAPTERS:
        _refuse(f"没有名为 {protocol} 的协议，可用：{'、'.join(sorted(ADAPTERS))}")
    settings = config()
    chosen = Settings(
        lake_root=settings.lake_root,
        host=host if host is not None else settings.gateway_host,
        port=port if port is not None else settings.hj212_port,
        protocol=protocol,
        flush_ms=settings.flush_ms,
        patience=Patience(settings.command_answer_s, settings.command_resends, settings.command_execution_s),
        limits=limits_from(dict(os.environ)),
    )
    log_to_stdout()
    try:
        code = serve(chosen)
    except PortTaken as error:
        _refuse(str(error))
    sys.exit(code)


def limits_from(environment: dict[str, str]) -> Limits:
    """The default limits with what the environment sets. Exits with a clear message on a value that is no number."""
    given: dict[str, Any] = {}
    for field in fields(Limits):
        name = f"SANJIAN_GATEWAY_{field.name.upper()}"
        if name in environment:
            try:
                given[field.name] = float(environment[name]) if field.type is float else int(environment[name])
            except ValueError:
                _refuse(f"环境变量 {name} 应为数字，实际是“{environment[name]}”")
    return replace(Limits(), **given)


def _refuse(message: str) -> NoReturn:
    sys.stderr.write(message + "\n")
    sys.exit(CANNOT_START)
