"""``mixtura select``."""

import os

import numpy as np
import pytest

from mixtura import GaussianMixtureSearch
from mixtura.model_file import load_model

FEW = ("--families", "EII,VVI", "--k", "1:3", "--seed", 0)


@pytest.fixture(scope="module")
def search(flowers):
    return GaussianMixtureSearch((1, 2, 3), covariance_type=["EII", "VVI"], random_state=0).fit(flowers[0])


def test_the_table_is_the_searchs(run, search):
    ran = run("select", "plain.csv", *FEW)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "BIC (lower is better)"
    assert lines[1].split() == ["1", "2", "3"]
    for line, (name, values) in zip(lines[2:4], search.curves().items(), strict=True):
        head, *cells = line.split()
        assert head == name
        assert [float(cell.strip("[]")) for cell in cells] == pytest.approx(values.tolist(), abs=0.051)
    best = search.best_params_
    marked = [line.split()[0] for line in lines[2:4] if "[" in line]
    assert marked == [best["covariance_type"]]
    assert lines[-1] == "Best: VVI (diagonal, varying volume and shape), 2 components."


def test_the_best_is_written_with_the_names_of_the_columns(run, search, flowers):
    assert run("select", "plain.csv", *FEW, "-o", "best.mix").code == 0
    best = load_model("best.mix")
    assert best.feature_names_in_.tolist() == ["width", "length"]
    assert best.means_.tolist() == search.best_estimator_.means_.tolist()
    assert best.covariance_type == "VVI"


def test_the_whole_search_is_written_and_serves_as_a_model(run, search, flowers):
    assert run("select", "plain.csv", *FEW, "--whole", "-o", "search.mix").code == 0
    loaded = load_model("search.mix")
    assert loaded.results_["bic"].tolist() == search.results_["bic"].tolist()
    assert loaded.feature_names_in_.tolist() == loaded.best_estimator_.feature_names_in_.tolist() == ["width", "length"]
    page = run("summary", "search.mix", "shuffled.csv")
    assert page.code == 0
    assert f"Best of {len(search.results_['bic'])} pairs by BIC" in page.out


def test_whole_without_a_file_is_refused(refuse):
    refuse(2, "--whole goes with --output", "select", "plain.csv", *FEW, "--whole")


def test_json_is_one_document_and_says_all(run, search):
    document = run("select", "plain.csv", *FEW, "--json").document
    assert document["best"] == {**search.best_params_, "score": search.best_score_}
    assert document["results"]["bic"] == search.results_["bic"].tolist()
    assert (document["rows"], document["columns"], document["plot"]) == (60, ["width", "length"], None)


def test_another_criterion_has_its_own_direction(run):
    ran = run("select", "plain.csv", *FEW, "--criterion", "held_out")
    assert ran.out.startswith("held-out log-likelihood (higher is better)\n")


def test_without_a_seed_two_runs_say_the_same(run):
    arguments = ("select", "plain.csv", "--families", "VVV", "--k", "4", "--criterion", "ICL", "--json")
    first, second = run(*arguments).document, run(*arguments).document
    assert first["criterion"] == "icl"
    assert first["best"] == second["best"] == run(*arguments, "--seed", 0).document["best"]


def test_the_help_of_columns_speaks_of_no_model(run):
    assert "knows" not in run("select", "--help").out
    assert "knows" in run("predict", "--help").out


def test_noise(run, data, flowers):
    far = np.concatenate([flowers[0], np.random.default_rng(1).uniform(-60, 60, (12, 2))])
    np.savetxt(data / "far.csv", far, delimiter=",", header="width,length", comments="")
    ran = run("select", "far.csv", *FEW, "--noise", "auto", "-o", "far.mix")
    share = load_model("far.mix").noise_share_
    assert 0.1 < share < 0.2
    assert ran.out.splitlines()[-1].endswith(f", 2 components and noise, {share:.1%} of the rows.")


def test_a_picture(run):
    assert run("select", "plain.csv", *FEW, "--plot", "a.png").code == 0
    with open("a.png", "rb") as file:
        assert file.read(4) == b"\x89PNG"


def test_a_pair_that_failed_is_a_gap(run, data):
    (data / "few.csv").write_text("a\n" + "1\n" * 6 + "2\n" * 6 + "2.5\n1.5\n")
    ran = run("select", "few.csv", "--families", "V", "--k", "1,5")
    assert "- a component collapsed or the fit failed (1): --json says why." in ran.out


def test_numbers_are_named_as_ranges_and_lists(run):
    document = run("select", "plain.csv", "--families", "diag", "--k", "3, 1:2", "--seed", 0, "--json").document
    assert document["results"]["n_components"] == [1, 2, 3]


@pytest.mark.parametrize("text", ["0:3", "3:1", "a", "", "1.5"])
def test_no_numbers(refuse, text):
    refuse(2, f"Got {text!r}, expected numbers from 1 on, such as 1:9 or 2,4,8", "select", "plain.csv", "--k", text)


def test_what_is_refused_leaves_nothing(refuse, data):
    before = sorted(os.listdir(data))
    refuse(
        2, "Got 'round', expected one of: full, tied", "select", "plain.csv", "--families", "EII,round", "-o", "b.mix"
    )
    for text in ("best", ""):
        refuse(2, f"'--criterion': Got {text!r}, expected one of: bic, icl", "select", "plain.csv", "--criterion", text)
    for text in ("-3", "0", "inf", "much"):
        refuse(2, f"'--noise': Got {text!r}, expected 'auto' or the vol", "select", "plain.csv", f"--noise={text}")
    refuse(2, "--families: Got [], expected 'all'", "select", "plain.csv", "--families", "", "-o", "b.mix")
    refuse(2, "--families: Got ['E', 'V'] and X with 2", "select", "plain.csv", "--families", "E,V", "-o", "b.mix")
    refuse(2, "--families: Got ['all', 'E'], expected 'all' by", "select", "plain.csv", "--families", "all,E")
    refuse(3, "expected one of .png", "select", "plain.csv", "--plot", "a.gif", "-o", "b.mix")
    refuse(3, "would be lost", "select", "plain.csv", "-o", "plain.csv")
    assert sorted(os.listdir(data)) == before
