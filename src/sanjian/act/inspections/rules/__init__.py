"""Pure rules of inspection codes: the life of a code, the gate before it, the token that carries it, the visit's end."""
