"""Sockets for all wire protocols: connections -> frames -> one flush at a time -> the lake -> answers.

server.py      listens, caps connections, sweeps time-outs
connection.py  one connection: bytes in, cut frames out, answers in order
ingest.py      the flush: decode a batch, append it durably, and only then answer
devices.py     who is registered; state.py: what pages show of "now"
protocol.py    what a protocol must offer; hj212.py: the first one
process.py     the process around it: settings, signals, exit codes
"""
