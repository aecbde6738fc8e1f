"""Pure rules of the registries: history, certificates, calibration, scope of items, questions, matching."""
