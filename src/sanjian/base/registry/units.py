"""Units as people write them: the registry keeps the ASCII of the standards' tables, pages show the real sign."""

WRITTEN = {
    "mg/m3": "mg/m³",
    "ug/m3": "µg/m³",
    "ng/m3": "ng/m³",
    "g/m3": "g/m³",
    "m3": "m³",
    "m3/s": "m³/s",
    "m3/h": "m³/h",
    "m3/d": "m³/d",
    "degC": "℃",
    "deg": "°",
    "uS/cm": "µS/cm",
    "umol/mol": "µmol/mol",
}


def written(unit: str) -> str:
    """The unit for a page; one that is not in the table stays as it is."""
    return WRITTEN.get(unit, unit)
