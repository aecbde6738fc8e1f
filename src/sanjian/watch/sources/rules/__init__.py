"""Pure rules of calculated values: the chain from a reading to a mass, validity, substitution, marks, comparison.

Every number that the rules use stands in `rulesets.py`, with its standard, and is chosen by the date of the data.
"""
