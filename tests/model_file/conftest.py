"""A sound model file, and what takes it apart and puts it together wrongly."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field

import numpy as np
import pytest

from mixtura import GaussianMixture
from mixtura.model_file import save_model


@dataclass
class Parts:
    """The parts of a model file, to be changed before they are put together again."""

    header: dict
    members: dict[str, bytes]
    compression: int = zipfile.ZIP_STORED
    order: list[str] = field(default_factory=list)

    def set_array(self, name, array, honest=True):
        """Put an array in the place of one, with its shape and checksum in the header if ``honest``."""
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=True)
        self.set_bytes(name, buffer.getvalue(), np.shape(array) if honest else None)

    def set_bytes(self, name, content, shape=None):
        self.members[f"{name}.npy"] = content
        self.header["arrays"][name]["sha256"] = hashlib.sha256(content).hexdigest()
        if shape is not None:
            self.header["arrays"][name]["shape"] = list(shape)

    def write(self, path, header=None):
        with zipfile.ZipFile(path, "w", self.compression) as archive:
            archive.writestr("header.json", json.dumps(self.header) if header is None else header)
            for name in self.order or self.members:
                archive.writestr(name, self.members[name])
        return path


@pytest.fixture
def model(blobs):
    return GaussianMixture(2, covariance_type="diag", random_state=0).fit(blobs.X)


@pytest.fixture
def sound(tmp_path, model):
    """The path of a sound model file."""
    save_model(model, tmp_path / "sound.mix")
    return tmp_path / "sound.mix"


@pytest.fixture
def parts(sound):
    with zipfile.ZipFile(sound) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return Parts(json.loads(contents.pop("header.json")), contents)
