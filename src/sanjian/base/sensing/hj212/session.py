"""What to answer: pure protocol state, asked only for frames that are already durable.

An upload that wants an answer gets 9014 with its own QN, a notice gets 9013; each part of a split upload is answered
by itself, and so is each resend. A frame without QN cannot be answered: there is nothing to echo. The standard knows
no negative answer to an upload, so refused frames meet silence and the device back-fills, unless the device's dialect
asks for 9011 with an error code.

Source: HJ 212-2017, 6.5 (通讯流程) and 6.6; HJ 212-2025 for 1001 and 9015.
"""

import polars as pl

from .dialect import PLAIN, Dialect
from .encode import encode_answer, request_answer
from .errors import EncodeError
from .factors import commands

_NOT_ANSWERED = frozenset({"9011", "9012", "9013", "9014", "9022", "1014"})
"""Answers themselves; and 1014, which the platform meets with a 1014 of its own once a key is made."""


def answer_command(command: str) -> str | None:
    """CN of the positive answer to a CN from the field; None when it gets none.

    1013 is a notice; 9021 is the log-in of 2005 practice (9022, from memory, verify); everything else that a device
    sends by itself is an upload.
    """
    if command in _NOT_ANSWERED:
        return None
    if command == "9021":
        return "9022"
    rows = commands().get(command, ())
    if any(row.kind == "notice" and row.direction == "up" for row in rows):
        return "9013"
    if command == "9015" or command[:1] == "2" or any(row.kind == "upload" and row.direction == "up" for row in rows):
        return "9014"
    return None


def answer_to(
    command: str,
    qn: str | None,
    mn: str | None,
    password: str | None,
    flag: str | None,
    action: str,
    wants_answer: bool,
    dialect: Dialect = PLAIN,
) -> bytes | None:
    """Bytes to send back for one durable frame; None for silence.

    Args:
        wants_answer: as in the batch's exchange rows: stored, answer wanted, QN there.
        action: the decoder's action; `reject-9011-n` is answered only where the dialect says so.
    """
    if not qn or not mn:
        return None
    try:
        if action.startswith("reject-9011-"):
            if not dialect.answers_refusals:
                return None
            return request_answer(qn, mn, password, flag, int(action.removeprefix("reject-9011-")))
        reply = answer_command(command) if wants_answer else None
        return encode_answer(reply, qn, mn, password, flag) if reply else None
    except EncodeError:
        return None  # a header that holds delimiters cannot be echoed


def answers_for(exchange: pl.DataFrame, dialects: dict[str, Dialect] | None = None) -> list[bytes | None]:
    """Answers for the exchange rows of a batch, in the order of its frames."""
    known = dialects or {}
    names = ["command", "qn", "device_mn", "password", "flag", "action", "wants_answer"]
    columns = (exchange[name].to_list() for name in names)
    return [
        answer_to(command or "", qn, mn, password, flag, action, wants, known.get(mn, PLAIN))
        if wants or action.startswith("reject-9011-")
        else None
        for command, qn, mn, password, flag, action, wants in zip(*columns, strict=True)
    ]
