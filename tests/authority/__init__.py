"""Who may open what: every address of the platform has a row in `table.py`, and a new address without one fails."""
