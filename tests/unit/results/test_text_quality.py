"""Quality figures beside topics and themes, and what of them leaves the house."""

from results.computing.inputs import Result
from results.computing.text_quality import add_text_quality
from results.publication import gated

FIGURES = {
    "npmi": 0.123456,
    "diversity": 0.9,
    "stability": None,
    "undecided": 0.043219,
    "none_of_the_above": 0.1,
    "leak": 0.02,
}


def document(n_usable=200, n_audit=60, n_both=60, alphas=(0.9, 0.7, None)):
    result = Result()
    result.documents["topics"] = {"n_usable": n_usable, "rows": [{}, {}], "figures": FIGURES}
    result.documents["themes"] = {
        "n_usable": n_usable,
        "version": 2,
        "n_audit": n_audit,
        "rows": [{}],
        "agreement": [
            {"code": f"t{n}", "n": n_both, "kappa": None, "alpha": alpha}
            for n, alpha in enumerate(alphas)
        ],
    }
    add_text_quality(result)
    return result.documents["text_quality"]


def test_all_figures_stand_in_one_document():
    found = document()
    assert found["topics"] == {"n_usable": 200, "n_topics": 2, **FIGURES}
    agreed = found["themes"]["agreement"]
    assert (agreed["median"], agreed["lowest"], agreed["n_themes"]) == (0.8, 0.7, 2)
    assert found["themes"]["n_audit"] == 60


def test_where_nobody_could_be_compared_there_is_no_agreement():
    assert document(alphas=(None,))["themes"]["agreement"] is None
    assert document(alphas=())["themes"]["agreement"] is None


def test_without_topics_and_themes_there_is_no_document():
    result = Result()
    result.documents["topics"] = {"too_few": {"n": 3, "needed": 30}, "rows": []}
    add_text_quality(result)
    assert "text_quality" not in result.documents


def test_the_public_gets_coarser_figures_and_no_single_theme():
    public = gated({"text_quality": document()}, {}, 10)["text_quality"]
    assert public["topics"]["npmi"] == 0.12
    assert public["topics"]["undecided"] == 0.04
    assert public["topics"]["stability"] is None
    assert "rows" not in public["themes"]["agreement"]


def test_figures_of_few_texts_stay_inside():
    assert gated({"text_quality": document(n_usable=9)}, {}, 10)["text_quality"] == {
        "topics": None,
        "themes": None,
    }
    few = gated({"text_quality": document(n_audit=9)}, {}, 10)["text_quality"]
    assert few["themes"] is None
    few = gated({"text_quality": document(n_both=9)}, {}, 10)["text_quality"]
    assert few["themes"]["agreement"] is None
