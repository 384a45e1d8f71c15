"""``mixtura plot``."""

import os
import xml.etree.ElementTree as ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot


@pytest.mark.parametrize(("name", "magic"), [("a.png", b"\x89PNG"), ("a.SVG", b"<?xml"), ("a.pdf", b"%PDF")])
def test_kinds_of_pictures(run, model, name, magic):
    assert run("plot", "model.mix", "flowers.csv", "-o", name).out == f"Wrote {name}.\n"
    with open(name, "rb") as file:
        assert file.read(len(magic)) == magic
    assert run("plot", "model.mix", "flowers.csv", "-o", name, "--json").document == {"output": name, "rows": 60}


def test_axes_bear_the_names_of_the_columns(run, model):
    with matplotlib.rc_context({"svg.fonttype": "none"}):  # words stay words
        run("plot", "model.mix", "shuffled.csv", "-o", "a.svg")
    words = {element.text for element in ElementTree.parse("a.svg").iter() if element.text}
    assert {"width", "length"} <= words


def test_no_figure_stays_open(run, model):
    run("plot", "model.mix", "flowers.csv", "-o", "a.png")
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize("show", ["classification", "uncertainty", "density", "projection"])
def test_other_things_to_show(run, model, show):
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        assert run("plot", "model.mix", "flowers.csv", "-o", "a.svg", "--show", show).code == 0
    words = " ".join(element.text for element in ElementTree.parse("a.svg").iter() if element.text)
    assert {"density": "regions", "projection": "differ most"}.get(show, show) in words
    assert ("width" in words) == (show != "projection")


def test_what_there_is_not_to_show_is_said_plainly(refuse, model):
    refused = refuse(
        2, "'foo' is not one of 'mixture'", "plot", "model.mix", "flowers.csv", "-o", "a.png", "--show", "foo"
    )
    assert "Value error" not in refused.err


def test_more_columns_are_a_matrix(run, data):
    rng = np.random.default_rng(0)
    rows = "\n".join(",".join(map(str, row)) for row in rng.normal(size=(30, 3)))
    (data / "three.csv").write_text(f"red,green,blue\n{rows}\n")
    run("fit", "three.csv", "-k", 1, "-o", "three.mix")
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        assert run("plot", "three.mix", "three.csv", "-o", "a.svg").code == 0
    words = [element.text for element in ElementTree.parse("a.svg").iter() if element.text]
    assert words.count("green") == 3  # of its column, its row and its own cell


def test_nine_columns_cannot_be_drawn(run, refuse, data):
    np.save(data / "nine.npy", np.random.default_rng(0).normal(size=(30, 9)))
    run("fit", "nine.npy", "-k", 1, "-o", "nine.mix")
    refuse(3, "Got 9 columns, expected at most 8 for a picture", "plot", "nine.mix", "nine.npy", "-o", "a.png")


def test_bad_data_leaves_no_picture(refuse, model, data):
    (data / "bad.csv").write_text("width,length\n1,nan\n")
    refuse(3, "got 'nan' in line 2, column 'length'", "plot", "model.mix", "bad.csv", "-o", "a.png")
    assert not [name for name in os.listdir(data) if name.endswith(".png")]
