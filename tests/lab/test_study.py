"""The small study: what its words say is what was measured."""

from mixtura.study import MEASURES


def test_words_follow_the_numbers(activities):
    activity = activities["activity-6-study"]
    found = activity.numbers
    best = min(found.group.cells, key=lambda cell: cell.figures.frechet)
    assert f"{best.setting.n_basis} basis vectors" in activity.answer
    assert found.digest[:12] in activity.answer
    assert len(best.figures.losses) == 2
    assert "in the mean of 2 pairs" in activity.answer
    (table,) = activity.tables
    assert len(table.rows) == len(MEASURES)
    assert table.header[1] == "real images"
    assert table.rows[0][2] == f"{found.group.cells[0].figures.bits:.3f}"
    assert found.accuracy > 0.85


def test_more_basis_vectors_look_better(activities):
    few, many = activities["activity-6-study"].numbers.group.cells
    assert (few.setting.n_basis, many.setting.n_basis) == (8, 32)
    assert many.figures.frechet < few.figures.frechet
    assert many.figures.lost < few.figures.lost
