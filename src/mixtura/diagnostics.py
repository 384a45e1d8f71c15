"""Diagnostics: what runs on this machine, for the command line and for reports."""

from mixtura.engines.threads import n_threads
from mixtura.kernels.choice import explain_choice

__all__ = ["explain_choice", "n_threads"]
