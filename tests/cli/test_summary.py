"""``mixtura summary``."""


def test_it_prints_the_models_own_page(run, model, flowers):
    ran = run("summary", "model.mix", "flowers.csv")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "Gaussian mixture VVV (ellipsoidal, varying volume, shape and orientation); 2 components\n"
    )
    assert "Means" not in ran.out
    row = next(line for line in ran.out.splitlines() if line.startswith("rows"))
    assert sorted(row.split()[1:]) == ["30", "30"]


def test_parameters_bear_the_names_of_the_columns(run, model):
    out = run("summary", "model.mix", "flowers.csv", "--parameters").out
    assert "Means\n" in out
    assert any(line.startswith("length") for line in out.splitlines())


def test_json_is_one_document(run, model):
    document = run("summary", "model.mix", "flowers.csv", "--json").document
    assert (document["n_rows"], document["code"], document["feature_names"]) == (60, "VVV", ["width", "length"])


def test_a_table_of_other_columns(refuse, model, data):
    (data / "other.csv").write_text("a,b\n1,2\n")
    refuse(3, "width", "summary", "model.mix", "other.csv")


def test_intervals_from_resampled_tables(run, model):
    page = run("summary", "model.mix", "flowers.csv", "--bootstrap", 10, "--seed", 0).out
    assert page.endswith("In brackets: intervals of probability 0.95.\n")
    document = run("summary", "model.mix", "flowers.csv", "--bootstrap", 10, "--seed", 0, "--json").document
    lower, upper = (document["intervals"][end]["weights"][0] for end in ("lower", "upper"))
    assert lower < model.weights_[0] < upper
    assert f"{model.weights_[0]:.4g} [{lower:.4g}, {upper:.4g}]" in page


def test_weights_count_rows(run, model, flowers, data):
    lines = ["width,length,n", *(f"{a!r},{b!r},{1 + (i > 29)}" for i, (a, b) in enumerate(flowers[0].tolist()))]
    (data / "weighted.csv").write_text("\n".join(lines) + "\n")
    document = run("summary", "model.mix", "weighted.csv", "--weights", "n", "--bootstrap", 5, "--json").document
    assert document["n_rows"] == 90
    assert sorted(document["cluster_sizes"]) == [30, 60]
    assert "intervals" in document
