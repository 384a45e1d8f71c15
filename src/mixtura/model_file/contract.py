"""Kind: what a class of models must offer to lie in a file."""

from abc import ABC, abstractmethod
from typing import Any

from mixtura.model_file.record import Record

__all__ = ["Kind"]


class Kind(ABC):
    """How the models of one class are taken apart, and put together again.

    ``put_together(take_apart(model))`` predicts, scores and samples with the same bits as the model, and both refuse
    what makes no model: the one with ``ValueError``, the other, which reads what a stranger wrote, with
    ``ModelFileError``.
    """

    @property
    @abstractmethod
    def model_class(self) -> type[Any]:
        """The class, imported when it is asked for."""

    @abstractmethod
    def take_apart(self, model: Any) -> Record:
        """Return what a file keeps of a fitted model."""

    @abstractmethod
    def put_together(self, record: Record) -> Any:
        """Return the model that a file keeps."""
