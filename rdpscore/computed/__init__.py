"""What can be computed again: one registry of the figures that studies print, and their one home.

A computed figure is one function with the decorator `computed_figure`, in the module of its kind (`counts`, `scores`,
`coders`, `groups`): its keywords are the arguments of an entry of ``published.yaml``, their annotations the check on
them, its first sentence what is told of it. `rdpscore reproduce --list`, the schema and docs/reproduce.md derive from
the registry. Uses every room that computes.
"""

from importlib import import_module

from rdpscore.computed.registry import ComputedFigure, Undefined, computed_figures, find, table_of_figures

__all__ = ["ComputedFigure", "Undefined", "computed_figures", "find", "table_of_figures"]

for _kind in ("counts", "scores", "coders", "groups"):  # in the order of the lists that are made of them
    import_module(f"rdpscore.computed.{_kind}")
