"""Errors of the HJ 212 codec. Bad input from the wire is never one of them: it becomes a rejected row.

CodecError
├── EncodeError     a frame that cannot be built (our own mistake)
├── BadKey          an SM4 key that is not 16 bytes
└── BadSource       a file or text handed to a tool that is none of ours
"""


class CodecError(Exception):
    """Base of everything this codec raises on purpose."""


class EncodeError(CodecError):
    """A frame that cannot be built: a field holds a delimiter, or the data area is too long."""


class BadKey(CodecError):
    """An SM4 key must be 16 bytes."""


class BadSource(CodecError):
    """A file or text given to a tool cannot be read as HJ 212."""
