"""What people and files do to the registries. Each service lies in its own file; the oldest is known here too."""

from .code_lists import load_code_lists

__all__ = ["load_code_lists"]
