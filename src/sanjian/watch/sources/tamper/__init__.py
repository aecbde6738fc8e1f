"""Signs of tampering in one signal of one outlet, as pure functions of arrays: no frames, no registry, no clock.

Each sign is a number, larger when more suspicious; `suite.signs` computes all of them for a window. A number means
nothing by itself: `fusion` holds it against the same number in windows of the past that nobody doubts, which is how a
coarse analyser or a nervous process excuses itself.
"""
