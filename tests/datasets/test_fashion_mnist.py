"""Fashion-MNIST: the first source that has it right, and one clear error where none has."""

import gzip
import os
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from mixtura import datasets
from mixtura.datasets import debian, https, load_fashion_mnist
from mixtura.datasets.fashion_files import all_files

# Each way in which the data can lie on this machine, in the order in which they are asked.
FOLDERS = {
    "root": "root",
    "MIXTURA_DATA": "environment",
    "the user cache": "cache/mixtura/fashion-mnist",
    "torchvision's layout, root": "root/FashionMNIST/raw",
    "torchvision's layout, MIXTURA_DATA": "environment/FashionMNIST/raw",
    "torchvision's layout, here": "here/data/FashionMNIST/raw",
    "Debian's installed package": "usr/share/datasets/fashion-mnist",
}


@pytest.fixture
def root(bare_machine, monkeypatch):
    """Name both folders that can be named; neither exists yet."""
    monkeypatch.setenv("MIXTURA_DATA", str(bare_machine / "environment"))
    return bare_machine / "root"


@pytest.fixture
def network(tiny, monkeypatch):
    """Make both kinds of fetching work; return the list of what was asked."""
    asked = []

    class Downloader:
        def __init__(self, **options):
            pass

        def __call__(self, address, target, pooch):
            asked.append(address)
            target.write(gzip.compress(tiny.contents[Path(address).stem]))

    def fetch(folder):
        asked.append("apt-get")
        return tiny.write(folder)

    monkeypatch.setitem(sys.modules, "pooch", types.SimpleNamespace(HTTPDownloader=Downloader))
    monkeypatch.setattr(debian, "obstacle", lambda: "")
    monkeypatch.setattr(debian, "fetch", fetch)
    return asked


@pytest.mark.parametrize("place", FOLDERS)
@pytest.mark.parametrize("compressed", [True, False])
def test_each_folder_serves(bare_machine, tiny, root, place, compressed):
    folder = tiny.write(bare_machine / FOLDERS[place], compressed=compressed)
    images = load_fashion_mnist(root=root, download=False)
    expected = np.frombuffer(tiny.contents["train-images-idx3-ubyte"], np.uint8, offset=16)
    np.testing.assert_array_equal(images.images, expected.reshape(20, 28, 28))
    assert images.labels.tolist() == [*range(10)] * 2
    assert images.source == f"Fashion-MNIST from {place.split(', ')[0]}, in {folder}."
    assert images.class_names[0] == "T-shirt/top"
    assert images.class_names[9] == "Ankle boot"
    assert len(load_fashion_mnist("test", root=root, download=False)) == 10


def test_the_order_is_kept(bare_machine, tiny, root, network):
    answers = []
    for folder in reversed(FOLDERS.values()):
        tiny.write(bare_machine / folder)
        answers.append(datasets.fetch_fashion_mnist(root=root).folder)
    assert answers == [bare_machine / folder for folder in reversed(FOLDERS.values())]
    assert network == []


def test_root_may_be_a_string_with_a_home(bare_machine, tiny, monkeypatch):
    monkeypatch.setenv("HOME", str(bare_machine))
    tiny.write(bare_machine / "mine")
    assert load_fashion_mnist(root="~/mine", download=False).source.endswith("mine.")


def test_the_network_fills_the_cache_once(tiny, cached, network):
    first = load_fashion_mnist()
    assert first.source == f"Fashion-MNIST from first.invalid over https, in {cached}."
    assert len(network) == 4
    assert sorted(os.listdir(cached)) == sorted(f"{file.name}.gz" for file in all_files())
    again = load_fashion_mnist("test", download=False)
    assert again.source == f"Fashion-MNIST from the user cache, in {cached}."
    assert len(network) == 4


def test_mirrors_are_asked_before_the_package(tiny, cached, network, monkeypatch):
    def broken(self, address, target, pooch):
        network.append(address)
        if "first" in address:
            raise OSError("no such host")
        target.write(b"\x1f\x8bnot what was asked for")

    monkeypatch.setattr(sys.modules["pooch"].HTTPDownloader, "__call__", broken)
    place = datasets.fetch_fashion_mnist()
    assert place == datasets.DataPlace("Debian's package by apt-get", cached)
    assert [address.split("/")[2] if "/" in address else address for address in network] == [
        "first.invalid",
        *["second.invalid"] * 4,
        "apt-get",
    ]


def test_download_false_stays_on_this_machine(tiny, network):
    with pytest.raises(
        datasets.DatasetNotFoundError, match=r"first\.invalid over https: not asked, because download=False"
    ):
        load_fashion_mnist(download=False)
    assert network == []


def test_a_damaged_source_is_passed_over(bare_machine, tiny, root):
    folder = tiny.write(root)
    (folder / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"damaged"))
    good = tiny.write(bare_machine / FOLDERS["the user cache"])
    assert datasets.fetch_fashion_mnist(root=root, download=False).folder == good
    assert load_fashion_mnist("test", root=root, download=False).source.endswith(f"{root}.")


def test_a_damaged_cache_is_mended(tiny, cached, network):
    tiny.write(cached)
    (cached / "train-labels-idx1-ubyte.gz").write_bytes(b"damaged")
    load_fashion_mnist()
    assert load_fashion_mnist(download=False).source == f"Fashion-MNIST from the user cache, in {cached}."


def test_where_no_source_answers_each_one_is_listed_with_its_reason(bare_machine, tiny, root, cached):
    folder = tiny.write(root)
    (folder / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"damaged"))
    with pytest.raises(datasets.DatasetNotFoundError) as caught:
        load_fashion_mnist(root=root)
    lines = str(caught.value).splitlines()
    expected = [
        "Fashion-MNIST was found in none of its sources:",
        f"  1. root: {folder}/train-images-idx3-ubyte.gz is damaged: its 7 bytes have the SHA-256 ",
        f"  2. MIXTURA_DATA: no folder {bare_machine}/environment",
        f"  3. the user cache: no folder {cached}",
        f"  4. torchvision's layout: no folder {root}/FashionMNIST/raw",
        f"  5. torchvision's layout: no folder {bare_machine}/environment/FashionMNIST/raw",
        f"  6. torchvision's layout: no folder {bare_machine}/here/data/FashionMNIST/raw",
        f"  7. Debian's installed package: no folder {debian.INSTALLED}",
        "  8. first.invalid over https: pooch is needed for downloading data and is not installed; "
        "install it with: pip install 'mixtura[data]'",
        "  9. second.invalid over https: pooch is needed",
        "  10. Debian's package by apt-get: no apt-get and no dpkg-deb on this machine",
        "Two ways out: (a) put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
        "t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz into a folder and name it as root= or in "
        "MIXTURA_DATA; (b) get online and try again, or on Debian and its kin: "
        "apt install dataset-fashion-mnist.",
    ]
    assert len(lines) == len(expected)
    for line, beginning in zip(lines, expected, strict=True):
        assert line.startswith(beginning)
    assert not cached.exists()


def test_what_is_not_named_is_said_to_be_so():
    with pytest.raises(datasets.DatasetNotFoundError, match=r"1\. root: not given\n  2\. MIXTURA_DATA: not set"):
        load_fashion_mnist(download=False)


def test_an_unreadable_folder_is_a_reason_and_not_an_end(bare_machine, tiny, monkeypatch, network):
    real = Path.exists

    def locked(path, **options):
        if bare_machine / "locked" in path.parents:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, **options)

    monkeypatch.setattr(Path, "exists", locked)
    root = bare_machine / "locked"
    assert datasets.fashion_mnist_sources(root=root)[0].detail.startswith("[Errno 13] Permission denied")
    assert load_fashion_mnist(root=root).source.startswith("Fashion-MNIST from first.invalid")


def test_an_unknown_split_is_refused_before_any_source_is_asked(monkeypatch):
    monkeypatch.setattr(datasets.fashion_mnist.sources, "in_order", None)
    with pytest.raises(ValueError, match="Got split='valid', but expected 'train' or 'test'"):
        load_fashion_mnist("valid")


def test_the_sources_can_be_listed_without_asking_the_network(bare_machine, tiny, root, network):
    folder = tiny.write(bare_machine / FOLDERS["Debian's installed package"])
    tiny.write(root, but=("t10k-labels-idx1-ubyte",))
    states = datasets.fashion_mnist_sources(root=root)
    assert [state.name for state in states if state.has_data] == ["Debian's installed package"]
    assert {state.place for state in states if state.has_data} == {str(folder)}
    assert states[0] == datasets.SourceState("root", str(root), False, f"no t10k-labels-idx1-ubyte.gz in {root}")
    assert [state.place for state in states[-3:]] == [*https.MIRRORS, "apt-get download dataset-fashion-mnist"]
    assert {state.detail for state in states[-3:]} == {"asked when no folder has the data"}
    assert network == []


def test_a_listed_source_says_why_it_cannot_be_asked():
    first, *_, mirror, package = datasets.fashion_mnist_sources()
    assert first == datasets.SourceState("root", "", False, "not given")
    assert "mixtura[data]" in mirror.detail
    assert "no apt-get" in package.detail
