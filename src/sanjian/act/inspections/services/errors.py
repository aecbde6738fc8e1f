"""Errors of inspections, each with a sentence for the person.

InspectionError
├── CodeError      the code does not allow this now; nothing was changed
├── VisitError     the visit is not ready for this; `gaps` lists what is missing
├── PhotoError     the file cannot be taken as a photo
└── RatingError    the rating cannot be taken
"""


class InspectionError(Exception):
    """Something that may not be done; `message` says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CodeError(InspectionError):
    """The code does not allow this now."""


class VisitError(InspectionError):
    """The visit is not ready for this."""

    def __init__(self, message: str, gaps: list[str] | None = None) -> None:
        super().__init__(message)
        self.gaps = gaps or []


class PhotoError(InspectionError):
    """The file cannot be taken as a photo."""


class RatingError(InspectionError):
    """The rating cannot be taken."""
