"""Identifiers that carry their own check: computed and verified here, nowhere else."""

from .credit_code import ALPHABET, credit_code, credit_code_check, credit_code_fault, organisation_check
from .facility_code import facility_code_fault, kind_of_facility, medium_of_facility
from .source_code import SourceParts, parts, source_code, source_code_fault

__all__ = [
    "ALPHABET", "SourceParts", "credit_code", "credit_code_check", "credit_code_fault", "facility_code_fault",
    "kind_of_facility", "medium_of_facility", "organisation_check", "parts", "source_code", "source_code_fault",
]  # fmt: skip
