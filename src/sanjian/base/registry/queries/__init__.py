"""Reads of the registries, always within what the viewer may see."""
