"""Model files: fitted models on disk, by custom with the ending ``.mix``. A tour:

- ``models.py``: :func:`save_model` and :func:`load_model`, which is all that most need. A model that was saved and
  loaded scores, predicts and samples with the same bits.
- ``contract.py``: what a class of models must offer to lie in a file; ``kinds.py`` is the table of those that do, and
  ``gaussian.py``, ``factors.py``, ``search.py``, ``merged.py``, ``images.py``, ``matched.py`` and ``copula.py`` hold
  them.
- ``record.py``: a model taken apart into words, numbers and smaller models; ``words.py`` and ``fitted.py`` check what
  JSON says, such as the names of the features and how a fit went.
- ``archive.py``: how a header and arrays become one file, and what is checked when they are read.

The format is a zip archive without compression, as ``numpy.savez`` writes it: ``header.json`` first, then ``weights``,
``means``, ``covariances`` and the rest as ``.npy`` in float64; arrays of a part, such as the best mixture of a search,
are named for it, as in ``best_estimator.means``. So ``numpy.load("model.mix")["means"]`` and
``unzip -p model.mix header.json`` look inside without this package. There is no pickle in it and no code; a file from a
stranger can at worst be refused. Saving a model twice gives the same bytes.
"""

from mixtura.model_file.archive import ModelFileError
from mixtura.model_file.models import load_model, save_model

__all__ = ["ModelFileError", "load_model", "save_model"]
