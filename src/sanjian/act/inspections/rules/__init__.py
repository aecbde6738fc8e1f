"""Pure rules of inspection codes: the life of a code, the gate before it, its token, the end of the visit."""
