"""Archive: a JSON header and float64 arrays in one file that is checked, piece by piece, before it is believed.

Nothing is allocated that the file itself does not hold: members are stored without compression, so no member is larger
than the file, and a declared shape must agree with the bytes that are there. Nothing is unpacked to disk.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from mixtura.arrays import FloatArray
from mixtura.files import write_beside
from mixtura.npy_header import read_npy_header

__all__ = ["ModelFileError", "read_archive", "write_archive"]

_FORMAT, _VERSION = "mixtura model", 1
_HEADER = "header.json"
_MAGIC = b"PK\x03\x04"
_LONGEST_HEADER = 2**24
_SAME_DATE = (1980, 1, 1, 0, 0, 0)  # so that the bytes do not depend on the day
_ENCRYPTED = 0x1
_STORAGE = np.dtype("<f8")


class ModelFileError(ValueError):
    """A file is not a sound model; the message says what came, what was expected and what to do."""

    def __init__(self, found: str, expected: str, where: str = "model file") -> None:
        super().__init__(
            f"{where}: got {found}, expected {expected}. The file is damaged or not a model: save the model again, or "
            "get a fresh copy."
        )
        self.found, self.expected = found, expected


def write_archive(path: str | os.PathLike[str], header: Mapping[str, Any], arrays: Mapping[str, FloatArray]) -> None:
    """Write a header and arrays; the same ones always give the same bytes."""
    members = {name: _npy_bytes(array) for name, array in arrays.items()}
    described = {
        "format": _FORMAT,
        "version": _VERSION,
        **header,
        "arrays": {
            name: {"shape": list(arrays[name].shape), "sha256": hashlib.sha256(member).hexdigest()}
            for name, member in members.items()
        },
    }
    with write_beside(path) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_stored(_HEADER), json.dumps(described, indent=1, allow_nan=False))
        for name, member in members.items():
            archive.writestr(_stored(f"{name}.npy"), member)


def read_archive(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, FloatArray]]:
    """Return the header without what belongs to the container, and the arrays, all checked against each other.

    Raises
    ------
    ModelFileError
        If anything is not as ``write_archive`` writes it.
    OSError
        If the file cannot be opened.
    """
    with Path(path).open("rb") as file:
        magic = file.read(len(_MAGIC))
        if magic != _MAGIC:
            raise ModelFileError(f"a file that begins with {magic!r}", f"{_MAGIC!r}, as a zip archive does")
        try:
            with zipfile.ZipFile(file) as archive:
                members = _check_members(archive, os.fstat(file.fileno()).st_size)
                header = _read_header(archive.read(_HEADER))
                described = _check_header(header, members)
                arrays = {name: _read_array(name, archive.read(f"{name}.npy"), described[name]) for name in described}
        except ModelFileError:
            raise
        except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
            raise ModelFileError(f"a zip archive that cannot be read ({error})", "a whole one") from error
    return {key: value for key, value in header.items() if key not in ("format", "version", "arrays")}, arrays


def _stored(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _SAME_DATE)
    info.create_system = 3  # the same on every system
    info.external_attr = 0o644 << 16
    return info


def _npy_bytes(array: FloatArray) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asarray(array, dtype=_STORAGE, order="C"), version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def _check_members(archive: zipfile.ZipFile, file_size: int) -> list[str]:
    """Return the names of the members after the header, which is to come first."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if not names or names[0] != _HEADER or members[0].header_offset:
        raise ModelFileError(f"an archive that begins with {names[:1]}", f"{_HEADER!r} first")
    if len(set(names)) != len(names):
        raise ModelFileError("an archive that holds a member twice", "each member once")
    for member in members:
        if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
            raise ModelFileError(f"the compressed member {member.filename!r}", "members that are stored as they are")
        if member.flag_bits & _ENCRYPTED:
            raise ModelFileError(f"the encrypted member {member.filename!r}", "members that anyone can read")
    if members[0].file_size > _LONGEST_HEADER:
        raise ModelFileError(f"a header of {members[0].file_size} bytes", f"at most {_LONGEST_HEADER}")
    if sum(member.file_size for member in members) > file_size:
        raise ModelFileError("members that are larger than the file", f"at most its {file_size} bytes")
    return names[1:]


def _read_header(text: bytes) -> dict[str, Any]:
    def refuse(what: str) -> NoReturn:
        raise ValueError(f"it holds {what}")

    def finite(number: str) -> float:
        return float(number) if np.isfinite(float(number)) else refuse(number)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(pairs) if len(dict(pairs)) == len(pairs) else refuse("a key twice")

    try:
        header = json.loads(text, parse_constant=refuse, parse_float=finite, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"a header that is not sound JSON ({error})", "a JSON object") from error
    if not isinstance(header, dict):
        raise ModelFileError(f"a header that is a {type(header).__name__}", "a JSON object")
    return header


def _check_header(header: dict[str, Any], members: list[str]) -> dict[str, Any]:
    """Return what the header says of each array, once it is known to speak of these members and of no others."""
    if header.get("format") != _FORMAT:
        raise ModelFileError(f"the format {header.get('format')!r}", repr(_FORMAT))
    if header.get("version") != _VERSION:
        raise ModelFileError(
            f"version {header.get('version')!r} of the format", f"{_VERSION}; a newer mixtura may read it"
        )
    described = header.get("arrays")
    if not isinstance(described, dict) or [f"{name}.npy" for name in described] != members:
        raise ModelFileError(f"the members {members}", "those that the header lists under 'arrays', in its order")
    return described


def _read_array(name: str, member: bytes, described: Any) -> FloatArray:
    """Return an array once its bytes, its own header and the archive's header agree."""
    if not (isinstance(described, dict) and described.keys() == {"shape", "sha256"}):
        raise ModelFileError(f"a header that says {described!r} of {name!r}", "its shape and its sha256")
    if hashlib.sha256(member).hexdigest() != described["sha256"]:
        raise ModelFileError(f"wrong bytes for the array {name!r}", f"SHA-256 {described['sha256']}")
    stream = io.BytesIO(member)
    try:
        declared = read_npy_header(stream)
    except ValueError as error:
        raise ModelFileError(f"an array {name!r} that is not .npy ({error})", "NumPy's format") from error
    shape = list(declared.shape)
    if declared.fortran_order or declared.dtype != _STORAGE or shape != described["shape"]:
        raise ModelFileError(
            f"the array {name!r} as {declared.dtype} of shape {shape}",
            f"little-endian float64 of shape {described['shape']} in C order, as the header says",
        )
    payload = memoryview(member)[declared.offset :]
    if len(payload) != declared.n_bytes:
        raise ModelFileError(f"{len(payload)} bytes for the array {name!r} of shape {shape}", f"{declared.n_bytes}")
    return np.ndarray(shape, _STORAGE, payload).astype(np.float64)  # a copy, which may be written to
