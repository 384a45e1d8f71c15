"""``mixtura predict``."""

import io
import os

import numpy as np
import pandas as pd
import pytest


def test_labels_are_printed_as_csv(run, model, flowers):
    ran = run("predict", "model.mix", "flowers.csv")
    assert (ran.code, ran.err) == (0, "")
    frame = pd.read_csv(io.StringIO(ran.out))
    assert frame.columns.tolist() == ["component"]
    assert (frame["component"] == model.predict(pd.DataFrame(flowers[0], columns=["width", "length"]))).all()


def test_columns_are_found_by_name_in_any_order(run, model):
    expected = run("predict", "model.mix", "plain.csv", "--proba").out
    assert run("predict", "model.mix", "shuffled.csv", "--proba").out == expected
    assert run("predict", "model.mix", "flowers.csv", "--proba").out == expected
    assert run("predict", "model.mix", "flowers.npy", "--proba").out == expected  # no names: by position


def test_a_model_without_names_goes_by_position(run, unnamed):
    expected = run("predict", "unnamed.mix", "flowers.npy").out
    assert run("predict", "unnamed.mix", "plain.csv").out == expected
    assert run("predict", "unnamed.mix", "shuffled.csv", "--columns", "width,length").out == expected


def test_json(run, model):
    labels = run("predict", "model.mix", "plain.csv", "--json").document
    assert labels["rows"] == len(labels["values"]) == 60
    assert set(labels["values"]) == {0, 1}
    shares = run("predict", "model.mix", "plain.csv", "--json", "--proba").document
    assert shares["columns"] == ["component_0", "component_1"]
    np.testing.assert_allclose(np.sum(shares["values"], axis=1), 1.0)


@pytest.mark.parametrize("ending", ["csv", "npy", "parquet"])
def test_files(run, model, flowers, ending):
    expected = model.predict_proba(pd.DataFrame(flowers[0], columns=["width", "length"]))
    ran = run("predict", "model.mix", "plain.csv", "--proba", "-o", f"out.{ending}")
    assert ran.out == f"Wrote 60 rows to out.{ending}.\n"
    read = {"csv": pd.read_csv, "npy": np.load, "parquet": pd.read_parquet}[ending]
    assert (np.asarray(read(f"out.{ending}")) == expected).all()
    document = run("predict", "model.mix", "plain.csv", "-o", f"out.{ending}", "--json").document
    assert document == {"output": f"out.{ending}", "rows": 60, "columns": ["component"]}
    assert (np.asarray(read(f"out.{ending}")).ravel() == expected.argmax(axis=1)).all()


def test_a_column_that_the_model_knows_is_missing(refuse, model, data):
    (data / "other.csv").write_text("width,height\n1,2\n")
    message = "other.csv has no column 'length', expected one; its columns are: width, height."
    assert "Name the columns as the model does" in refuse(3, message, "predict", "model.mix", "other.csv").err


def test_another_number_of_columns(refuse, model, unnamed, data):
    message = "got 3 columns, expected the 2 that the model was fitted on. Choose them with --columns"
    refuse(3, message, "predict", "unnamed.mix", "shuffled.csv")
    message = "got 1 columns, expected the 2"
    refuse(3, message, "predict", "model.mix", "plain.csv", "--columns", "width")


def test_the_output_is_refused_before_anything_is_read(refuse, data):
    refuse(3, "expected one of .csv", "predict", "nowhere.mix", "nowhere.csv", "-o", "a.txt")
    refuse(3, "folder that exists", "predict", "nowhere.mix", "nowhere.csv", "-o", "nowhere/a.csv")
    refuse(3, "nowhere.mix: No such file", "predict", "nowhere.mix", "nowhere.csv", "-o", "a.csv")
    assert "a.csv" not in os.listdir(data)


def test_a_model_that_is_none(refuse):
    refuse(3, "flowers.csv: got a file that begins with b'widt'", "predict", "flowers.csv", "flowers.csv")


def test_what_is_read_is_not_overwritten(refuse, model, data):
    """A slip of the hand must not cost the data."""
    (data / "link.csv").symlink_to(data / "plain.csv")
    before = (data / "plain.csv").read_bytes()
    for commands in (
        ("predict", "model.mix", "plain.csv", "-o", "link.csv"),
        ("score", "model.mix", "plain.csv", "--per-row", "-o", "./plain.csv"),
        ("fit", "plain.csv", "-k", 1, "-o", "plain.csv"),
    ):
        refuse(3, "another file of this command lies there and would be lost. Name another.", *commands)
    (data / "a.png").write_bytes(before)
    for commands in (
        ("plot", "model.mix", "a.png", "-o", "a.png"),
        ("fit", "plain.csv", "-k", 1, "-o", "new.png", "--plot", "new.png"),
    ):
        refuse(3, "another file of this command lies there", *commands)
    assert (data / "plain.csv").read_bytes() == before


def test_how_unsure_each_row_is(run, refuse, model, flowers):
    document = run("predict", "model.mix", "plain.csv", "--uncertainty", "--json").document
    frame = pd.DataFrame(flowers[0], columns=["width", "length"])
    expected = 1 - model.predict_proba(frame).max(axis=1)
    assert (document["columns"], document["values"]) == (["uncertainty"], expected.tolist())
    refuse(2, "does not go with --proba", "predict", "model.mix", "plain.csv", "--uncertainty", "--proba")
