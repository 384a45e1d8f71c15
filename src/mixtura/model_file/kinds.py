"""Kinds: the table of the classes that can lie in files, by the name that a header says."""

from collections.abc import Sequence
from typing import Any

from mixtura.model_file.archive import ModelFileError
from mixtura.model_file.contract import Kind
from mixtura.model_file.copula import CopulaKind
from mixtura.model_file.factors import FactorKind
from mixtura.model_file.gaussian import GaussianKind
from mixtura.model_file.images import ImageKind, PrincipalComponentsKind
from mixtura.model_file.matched import MatchedKind
from mixtura.model_file.merged import MergedKind
from mixtura.model_file.record import Record
from mixtura.model_file.search import SearchKind

__all__ = ["KINDS", "Kinds"]


class Kinds:
    """The table, and how it is asked: models know their class, records its name."""

    def __init__(self) -> None:
        self.table: dict[str, Kind] = {
            "GaussianMixture": GaussianKind(),
            "FactorMixture": FactorKind(),
            "GaussianMixtureSearch": SearchKind(self),
            "MergedGaussianMixture": MergedKind(self),
            "PrincipalComponents": PrincipalComponentsKind(),
            "ImageMixture": ImageKind(self),
            "MatchedImageMixture": MatchedKind(self),
            "CopulaImageMixture": CopulaKind(),
        }

    def take_apart(self, model: Any) -> Record:
        """Return the record of a fitted model."""
        for base in type(model).__mro__:
            kind = self.table.get(base.__name__)
            if kind is not None and isinstance(model, kind.model_class):
                return kind.take_apart(model)
        raise TypeError(
            f"Got {type(model).__name__}, expected a fitted model of mixtura: {', '.join(self.table)}. Of "
            "scikit-learn's GaussianMixture make one with GaussianMixture.from_sklearn."
        )

    def put_together(self, record: Record, among: Sequence[str] = ()) -> Any:
        """Return the model of a record, which is to be of one of these kinds; of any, where none is named."""
        expected = among or list(self.table)
        if record.kind not in expected:
            raise ModelFileError(f"kind {record.kind!r}", f"one of {list(expected)}; a newer mixtura may read it")
        return self.table[record.kind].put_together(record)


KINDS = Kinds()
