"""Search: ``GaussianMixtureSearch`` in files: the best mixture and the table of all."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

import mixtura
from mixtura.arrays import Array, FloatArray
from mixtura.model_file.archive import ModelFileError
from mixtura.model_file.contract import Kind
from mixtura.model_file.fitted import restore_features, write_features
from mixtura.model_file.record import Record
from mixtura.model_file.words import (
    COUNT,
    NUMBER,
    SEVERAL,
    TEXT,
    Types,
    check_choice,
    check_fields,
    read_settings,
    whole_numbers,
    write_settings,
)

if TYPE_CHECKING:
    from mixtura import GaussianMixtureSearch
    from mixtura.model_file.kinds import Kinds

__all__ = ["SearchKind"]

_SETTINGS: dict[str, Types] = {
    "n_components": COUNT + SEVERAL,
    "covariance_type": TEXT + SEVERAL,
    "criterion": TEXT,
    "cv": COUNT,
    "tol": NUMBER,
    "reg_covar": (*NUMBER, str),
    "max_iter": COUNT,
    "n_init": COUNT,
    "init_params": TEXT,
    "noise": (*NUMBER, str),
    "random_state": COUNT,
    "n_jobs": COUNT,
}
_FIELDS: dict[str, Types] = {
    "feature_names": (list, type(None)),
    "settings": (dict,),
    "best_index": (int,),
    "columns": (dict,),
}
_TEXTS = "text"
_READERS: dict[str, Callable[[str, FloatArray], Array]] = {
    "bool": lambda name, values: values != 0,
    "int": whole_numbers,
    "float": lambda name, values: values,
}
_NEEDED = ("n_components", "covariance_type")


class SearchKind(Kind):
    """The best mixture as a file of its own would keep it; columns of words lie in the header, those of numbers apart.

    ``columns`` says of each column of the table what it holds: "bool", "int" or "float", an array then, or the texts.
    """

    def __init__(self, kinds: "Kinds") -> None:
        self._kinds = kinds

    @property
    def model_class(self) -> type[Any]:
        return mixtura.GaussianMixtureSearch

    def take_apart(self, model: "GaussianMixtureSearch") -> Record:
        check_is_fitted(model)
        model._validate_params()
        columns: dict[str, Any] = {}
        arrays = {}
        for name, values in model.results_.items():
            kind = {"b": "bool", "i": "int", "u": "int", "f": "float"}.get(values.dtype.kind, _TEXTS)
            columns[name] = [str(value) for value in values] if kind == _TEXTS else kind
            if kind != _TEXTS:
                arrays[f"results.{name}"] = values.astype(np.float64)
        words = {
            "feature_names": write_features(model),
            "settings": write_settings(model, _SETTINGS),
            "best_index": int(model.best_index_),
            "columns": columns,
        }
        parts = {"best_estimator": self._kinds.take_apart(model.best_estimator_)}
        return Record(self.model_class.__name__, words, arrays, parts)

    def put_together(self, record: Record) -> "GaussianMixtureSearch":
        words = record.words
        check_fields(words, _FIELDS, "the header of a GaussianMixtureSearch")
        columns, best = words["columns"], words["best_index"]
        record.expect([f"results.{name}" for name in columns if isinstance(columns[name], str)], ["best_estimator"])
        settings = read_settings(words["settings"], _SETTINGS)
        estimator = self._kinds.put_together(record.parts["best_estimator"], ("GaussianMixture",))
        model = mixtura.GaussianMixtureSearch(**settings)
        try:
            model._validate_params()
        except ValueError as error:
            raise ModelFileError(f"settings that make no search ({error})", "those of a search") from error
        table = {name: _read_column(name, kind, record) for name, kind in columns.items()}
        missing = {*_NEEDED, model.criterion} - table.keys()
        if missing or len({len(values) for values in table.values()}) != 1:
            raise ModelFileError(f"a table with the columns {list(table)}", "all of them, of one length")
        if not 0 <= best < len(table["n_components"]):
            raise ModelFileError(f"best_index {best}", f"0 to {len(table['n_components']) - 1}")
        model.results_, model.best_index_, model.best_estimator_ = table, best, estimator
        model.best_score_ = float(table[model.criterion][best])
        model.best_params_ = {name: table[name][best : best + 1].tolist()[0] for name in _NEEDED}
        model.n_components_ = np.unique(table["n_components"])
        model.covariance_types_ = tuple(dict.fromkeys(table["covariance_type"].tolist()))
        restore_features(model, words["feature_names"], estimator.n_features_in_)
        return model


def _read_column(name: str, kind: Any, record: Record) -> Array:
    """Return a column of the table (cells,)."""
    if isinstance(kind, list):
        if not all(isinstance(value, str) for value in kind):
            raise ModelFileError(f"the column {name!r} with {kind!r}", "strings")
        return np.array(kind, dtype=object)
    check_choice(f"kind of the column {name!r}:", kind, _READERS)
    values = record.arrays[f"results.{name}"]
    if values.ndim != 1:
        raise ModelFileError(f"the column {name!r} of shape {values.shape}", "a number for each pair")
    return _READERS[kind](name, values)
