"""Shares as a long table: every group and way to count, and nothing of few people in public."""

import csv
import io

import numpy as np

from results import theme_tables
from results.publishing.themes import themes as gated
from results.workbench import report

N = 400


def document():
    generator = np.random.default_rng(4)
    truth = (generator.random((N, 2)) < (0.3, 0.05)).astype(float)
    said = np.clip(truth * 0.7 + 0.1, 0, 1)
    audit = generator.permutation(N)[:120]
    regions = ["africa" if row % 3 else None for row in range(N)]
    sectors = [("academia", "media")[row % 2] for row in range(N)]
    shares = report.count(
        report.Counted(
            probability=said,
            audit=audit,
            codes=truth[audit],
            groups={
                "region": regions,
                "sector": sectors,
                report.CROSSING: report.crossing(regions, sectors),
            },
            weights=np.where(np.arange(N) % 2, 3.0, 1.0),
            small=30,
        )
    )
    return {
        "version": 2,
        "codebook_hash": "abc",
        "n_usable": N,
        "n_audit": 120,
        "agreement": [{"code": "work", "n": 120, "kappa": 0.6, "alpha": 0.61}],
        "groups": {
            "region": [{"key": "africa", "label": {"en": "Africa"}}],
            "sector": [{"key": "media", "label": {"en": "Media"}}],
        },
        "rows": [
            {
                "key": code,
                "label": {"en": f"=NOW() {code}"},
                "is_noise": False,
                "share": report.figures(shares.overall[place]),
                "weighted": report.figures(shares.weighted[place]),
                "by": report.figures_by(shares.by, place),
                "weighted_by": report.figures_by(shares.weighted_by, place),
            }
            for place, code in enumerate(("work", "rare"))
        ],
    }


def read(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_every_share_stands_in_the_table_with_what_it_rests_on():
    found = document()
    rows = read(theme_tables.write_csv(theme_tables.lines(found, "en", "en")))
    assert list(rows[0]) == list(theme_tables.COLUMNS)
    work = [row for row in rows if row["theme"] == "work"]
    assert {row["group_kind"] for row in work} == {"all", "region", "sector", "region_sector"}
    for kind, n_groups in (("region", 2), ("sector", 2), ("region_sector", 4)):
        own = [row for row in work if row["group_kind"] == kind]
        assert len(own) == 3 * n_groups
        assert {row["weighting"] for row in own} == {"unweighted", "weighted", "naive"}
    crossed = next(
        row for row in work if row["group"] == "africa|media" and row["weighting"] == "weighted"
    )
    expected = found["rows"][0]["weighted_by"]["region_sector"]["africa|media"]
    assert float(crossed["share"]) == expected["share"]
    assert float(crossed["low"]) < float(crossed["share"]) < float(crossed["high"])
    assert (crossed["group_name"], crossed["codebook_version"]) == ("Africa × Media", "2")
    assert (crossed["alpha"], crossed["kappa"], crossed["coded_by_two"]) == ("0.61", "0.6", "120")
    assert int(crossed["n"]) == expected["base"]
    assert int(crossed["audit_n"]) == expected["n_audit"]
    naive = [row for row in rows if row["weighting"] == "naive"]
    assert all((row["low"], row["high"]) == ("", "") for row in naive)
    assert all("not to be reported" in row["method"] for row in naive)
    assert all(row["name"].startswith("'=NOW()") for row in rows)


def test_a_weighted_share_of_a_group_is_the_estimate_under_the_weights_within_it():
    found = document()["rows"][0]
    by_sector = found["weighted_by"]["sector"]
    # All weights within a sector are equal here, so that weighing changes nothing.
    for key, share in by_sector.items():
        assert share["share"] == found["by"]["sector"][key]["share"]
    mixed = found["weighted_by"]["region"]["africa"]["share"]
    assert mixed != found["by"]["region"]["africa"]["share"]


def test_the_public_table_holds_no_group_no_weight_and_nothing_naive():
    rows = read(
        theme_tables.write_csv(theme_tables.public_lines(gated(document(), 10), "en", "en"))
    )
    assert [row["group_kind"] for row in rows] == ["all"] * len(rows)
    assert {row["weighting"] for row in rows} == {"unweighted"}
    assert {row["alpha"] for row in rows} == {""}
    hidden = read(
        theme_tables.write_csv(theme_tables.public_lines(gated(document(), 90), "en", "en"))
    )
    assert [row["theme"] for row in hidden] == ["work"]
