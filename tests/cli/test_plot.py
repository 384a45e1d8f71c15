"""``mixtura plot``."""

import os
import xml.etree.ElementTree as ElementTree

import matplotlib
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


def test_three_columns_cannot_be_drawn(run, refuse, data):
    (data / "three.csv").write_text("a,b,c\n1,2,3\n4,5,7\n2,2,2\n")
    run("fit", "three.csv", "-k", 1, "-o", "three.mix")
    refuse(3, "Got 3 columns, expected 1 or 2 for a picture", "plot", "three.mix", "three.csv", "-o", "a.png")


def test_bad_data_leaves_no_picture(refuse, model, data):
    (data / "bad.csv").write_text("width,length\n1,nan\n")
    refuse(3, "got 'nan' in line 2, column 'length'", "plot", "model.mix", "bad.csv", "-o", "a.png")
    assert not [name for name in os.listdir(data) if name.endswith(".png")]
