"""Each activity is done once, on digits and small; no window opens and no figure stays open."""

from html.parser import HTMLParser

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest
from threadpoolctl import threadpool_limits

from mixtura import lab
from mixtura.datasets import load_digits_images


@pytest.fixture(autouse=True)
def calm():
    """One thread for small work, and not one figure left behind."""
    with threadpool_limits(1):
        yield
    assert not plt.get_fignums()


@pytest.fixture(scope="session")
def train():
    return load_digits_images("train")


@pytest.fixture(scope="session")
def test():
    return load_digits_images("test")


@pytest.fixture(scope="session")
def activities(train, test):
    """All activities by name, in the order of the course."""
    model = {"n_basis": 16, "n_components": 4}
    with threadpool_limits(1):
        done = (
            lab.recover_two_blobs(),
            lab.recover_unequal_blobs(),
            lab.map_responsibilities(),
            lab.compare_with_kmeans(),
            lab.find_moons(max_components=10),
            lab.find_moons_among_outliers(),
            lab.look_at_images(train, test),
            lab.decompose_images(train, n_basis=16),
            lab.compress_images(train, test, n_basis=16, ranks=(1, 8, 64)),
            lab.generate_images(train, test, **model),
            lab.sample_by_hand(train, **model),
            lab.vary_generator(train, test, **model, basis_sizes=(8, 32), component_counts=(1, 8)),
            lab.model_classes(train, test, **model, n_bins=40),
            lab.study_generators(
                train, test, basis_sizes=(8, 32), component_counts=(1,), n_per_class=80, n_bins=20, n_teachings=2
            ),
        )
    return {activity.name: activity for activity in done}


class Page(HTMLParser):
    """What tests ask of a page: its tags in order, whether they nest, and all text."""

    VOID = frozenset({"meta", "img", "br", "hr", "link", "input"})

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.words = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self):
        return "".join(self.words)


@pytest.fixture(scope="session")
def read_page():
    return Page
