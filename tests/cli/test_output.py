"""JSON and plain tables."""

import json

import numpy as np

from mixtura.cli.options import split_names
from mixtura.cli.output import print_columns, print_json


def test_json_has_no_numbers_that_json_does_not_know(capsys):
    print_json({"a": np.array([1.0, np.nan]), "b": [np.float32(np.inf), np.int64(2)], "c": (None, True, "ü")})
    out = capsys.readouterr().out
    assert json.loads(out) == {"a": [1.0, None], "b": [None, 2], "c": [None, True, "ü"]}
    assert out.count("\n") == 1


def test_json_keeps_every_bit(capsys):
    values = np.random.default_rng(0).normal(size=100)
    print_json(values)
    assert (np.array(json.loads(capsys.readouterr().out)) == values).all()


def test_columns_are_aligned(capsys):
    print_columns([["name", "n", ""], ["a", "10", "x"]], right={1})
    assert capsys.readouterr().out == "name   n\na     10  x\n"


def test_names_are_split_as_csv():
    assert split_names(None) is None
    assert split_names("") == []
    assert split_names('a, b,"c, d"') == ["a", "b", "c, d"]
