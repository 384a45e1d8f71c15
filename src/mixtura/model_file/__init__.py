"""Model files: fitted mixtures on disk, by custom with the ending ``.mix``. A tour:

- ``models.py``: :func:`save_model` and :func:`load_model`, which is all that most need. A model that was saved and
  loaded scores, predicts and samples with the same bits.
- ``header.py``: what the file says of the model in words, as JSON: its covariance type, the names of its features, how
  its fit went.
- ``archive.py``: how a header and arrays become one file, and what is checked when they are read.

The format is a zip archive without compression, as ``numpy.savez`` writes it: ``header.json`` first, then ``weights``,
``means``, ``covariances`` and ``lower_bounds`` as ``.npy`` in float64. So ``numpy.load("model.mix")["means"]`` and
``unzip -p model.mix header.json`` look inside without this package. There is no pickle in it and no code; a file from a
stranger can at worst be refused. Saving a model twice gives the same bytes.
"""

from mixtura.model_file.archive import ModelFileError
from mixtura.model_file.models import load_model, save_model

__all__ = ["ModelFileError", "load_model", "save_model"]
