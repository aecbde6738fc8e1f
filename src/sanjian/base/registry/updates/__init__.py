"""Dynamic update (动态更新): files and partners' interfaces become previewed batches; a person confirms, and can undo.

A file or a pull is read (`readers`), each line is held against the register (`preview`), a person confirms
(`services`), the worker writes it in chunks (`applying`), and all of it can be taken back (`undoing`).
"""
