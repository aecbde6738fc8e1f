"""The HJ 212 codec: bytes in, frames, readings and answers out. No sockets, no clock, no database."""
