"""The four base registries (四大基础库): objects, people, equipment, items; and where their facts come from."""

from .equipment import Calibration, FieldReading, Instrument, Loan
from .items import InspectionItem, ItemVersion, LegalBasis, Question
from .objects import (
    Contact,
    InspectionObject,
    Lineage,
    Listing,
    ObjectFacts,
    ObjectRole,
    ObjectVersion,
    ObjectWords,
    Relation,
)
from .outlets import ApprovedParameter, Facility, Factor, Limit, MonitoringPoint, Permit
from .people import Absence, Body, Certificate, Interest, Officer, Power
from .updates import DataSource, ImportBatch, ImportRow, Match, Register
from .validity import Dated

__all__ = [
    "Absence", "ApprovedParameter", "Body", "Calibration", "Certificate", "Contact", "DataSource", "Dated",
    "Facility", "Factor", "FieldReading", "ImportBatch", "ImportRow", "InspectionItem", "InspectionObject",
    "Instrument", "Interest", "ItemVersion", "LegalBasis", "Limit", "Lineage", "Listing", "Loan", "Match",
    "MonitoringPoint", "ObjectFacts", "ObjectRole", "ObjectVersion", "ObjectWords", "Officer", "Permit",
    "Power", "Question", "Register", "Relation",
]  # fmt: skip
