"""Modules that are loaded at their first use.

What only a job computes with takes seconds to load, and a server that shows pages never needs
it. The type checker sees the module itself:

    if TYPE_CHECKING:
        from results import compute
    else:
        compute = Later("results.compute")
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Later:
    """Stands for a module; its first attribute that is asked for loads it."""

    module: str

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(self.module), name)
