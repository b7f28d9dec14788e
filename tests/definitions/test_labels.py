"""Labels of the user's own: the sheet, taking it back, and how definitions are measured by it."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from graphcli import cli, open_workspace
from graphcli.loaders.definitions.labels import import_labels, sample_called, samples
from graphcli.loaders.definitions.measure import agreement, measure
from graphcli.loaders.load import forget, load
from graphcli.workspace.errors import DataContractError, UsageError

JOBS = """\
职位名称,公司名称,工作地点,技能要求,职位描述
机器学习工程师,甲有限公司,北京,"Python,PyTorch",岗位职责：负责机器学习模型的训练；整理部门资料，完成上级交办的其他工作，遵守公司的各项制度。
Python开发工程师,乙有限公司,北京,"Python,机器学习",岗位职责：负责后台开发；整理部门资料，完成上级交办的其他工作，遵守公司的各项制度。
会计,丙有限公司,上海,"Excel",岗位职责：负责记账；整理部门资料，完成上级交办的其他工作，遵守公司的各项制度。
销售经理,丁有限公司,上海,"销售",岗位职责：负责销售人工智能产品；整理部门资料，完成上级交办的其他工作，遵守公司的各项制度。
行政专员,戊有限公司,上海,"办公软件",岗位职责：提供机器学习培训；整理部门资料，完成上级交办的其他工作，遵守公司的各项制度。
"""
FOUND = {
    "机器学习工程师": "narrow",
    "Python开发工程师": "technical",
    "会计": "none",
    "销售经理": "broad",
    "行政专员": "none",
}


def run(folder, *arguments):
    done = CliRunner().invoke(cli.cli, ["-q", "-w", str(folder.root), *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def sheet(folder, tmp_path):
    """The sheet that ``postings --sample`` writes, as rows to fill in."""
    (tmp_path / "jobs.csv").write_text(JOBS, encoding="utf-8")
    load(folder, [tmp_path / "jobs.csv"])
    return list(csv.DictReader(io.StringIO(run(folder, "postings", "--sample", "99", "--format", "csv"))))


@pytest.fixture
def fill(sheet, tmp_path):
    def write(labels, encoding="utf-8", **columns):
        rows = [row | labels.get(row["title"], {}) | columns for row in sheet]
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        path = tmp_path / "sample.csv"
        path.write_bytes(buffer.getvalue().encode(encoding))
        return path

    return write


def tiers(**changed):
    return {title: {"label_tier": changed.get(title, tier)} for title, tier in FOUND.items()}


def scores(result):
    rows = result.frame.filter(finding="score")
    return {row["definition"]: row for row in rows.iter_rows(named=True)}


def test_a_sample_is_a_sheet_to_fill_in(sheet, folder):
    assert {row["title"]: row["tier"] for row in sheet} == FOUND
    first = next(row for row in sheet if row["title"] == "Python开发工程师")
    assert first["text"].startswith("岗位职责：负责后台开发")
    assert first["tags"] == "Python;机器学习"
    assert all(row[name] == "" for row in sheet for name in ("label_tier", "label_ai", "label_skills"))
    drawn = run(folder, "postings", "--sample", "2", "--seed", "7", "--format", "csv")
    assert drawn == run(folder, "postings", "--sample", "2", "--seed", "7", "--format", "csv")
    assert "label_tier" not in run(folder, "postings", "--format", "csv")


def test_labels_that_agree_score_one_and_miss_nothing(folder, fill):
    result = measure(folder, import_labels(folder, fill(tiers())))
    assert [(name, row["precision"], row["recall"], row["f1"]) for name, row in scores(result).items()] == [
        ("tier broad", 1.0, 1.0, 1.0),
        ("tier technical", 1.0, 1.0, 1.0),
        ("tier narrow", 1.0, 1.0, 1.0),
    ]
    assert result.frame.filter(finding="miss").is_empty()


def test_python_gives_the_same_sheet_and_the_same_measures(folder, sheet, fill):
    workspace = open_workspace(folder.root)
    assert workspace.postings(sample=2, seed=7)["posting_id"].to_list() == [
        row["posting_id"]
        for row in csv.DictReader(
            io.StringIO(run(folder, "postings", "--sample", "2", "--seed", "7", "--format", "csv"))
        )
    ]
    frame = workspace.import_labels(fill(tiers()), presets=["tiers"])
    assert frame["f1"].to_list() == [1.0] * 4
    assert workspace.unknown_tags()["tag"].to_list() == []
    assert set(workspace.check_definitions()["status"]) == {"ok"}


def test_each_miss_names_the_words_that_decided(folder, fill):
    labels = tiers(会计="broad", Python开发工程师="broad", 行政专员="narrow")
    result = measure(folder, import_labels(folder, fill(labels)))
    found = scores(result)
    assert (found["tier broad"]["precision"], found["tier broad"]["recall"]) == (1.0, 3 / 5)
    assert (found["tier technical"]["precision"], found["tier technical"]["recall"]) == (1 / 2, 1 / 2)
    misses = {row["title"]: row for row in result.frame.filter(finding="miss").iter_rows(named=True)}
    assert set(misses) == {"会计", "Python开发工程师", "行政专员"}
    assert misses["会计"]["words"] == "no word of the definition"
    assert "机器学习 (tags: required_skill)" in misses["Python开发工程师"]["words"]
    assert "机器学习 (text: refused)" in misses["行政专员"]["words"]
    assert misses["会计"]["ref"].startswith("posting:")


def test_presets_and_skills_are_measured(folder, fill):
    labels = {
        "机器学习工程师": {"label_ai": "yes", "label_skills": "python;PyTorch;machine_learning"},
        "会计": {"label_ai": "是", "label_skills": "-"},
        "销售经理": {"label_ai": "no"},
    }
    sample = import_labels(folder, fill(labels))
    result = measure(folder, sample, ["lightcast_ai_index", "babina_2024", "tiers"])
    found = scores(result)
    assert found["preset lightcast_ai_index"]["n"] == 3
    assert found["preset lightcast_ai_index"]["recall"] == 1 / 2
    assert found["preset babina_2024"]["n"] == 3
    assert found["skills"]["recall"] == 1.0
    misses = result.frame.filter(finding="miss", definition="preset lightcast_ai_index")
    assert "会计" in misses["title"].to_list()
    with pytest.raises(UsageError, match="lightcast"):
        measure(folder, sample, ["lightcast"])


def test_a_sample_stays_and_is_measured_again(folder, fill):
    import_labels(folder, fill(tiers()), "mine")
    words = 'source: own\nas_of: "2026-11"\nwords:\n  skill: [记账]\n'
    folder.reference_folder.mkdir()
    (folder.reference_folder / "tiers.yaml").write_text(words, encoding="utf-8")
    assert [one.name for one in samples(folder)] == ["mine"]
    answer = json.loads(run(folder, "labels", "show", "mine", "--format", "json"))
    misses = [row for row in answer["rows"] if row["finding"] == "miss"]
    assert [(row["title"], row["labelled"], row["found"]) for row in misses] == [("会计", "none", "broad")]
    assert "记账" in misses[0]["words"]
    assert "mine,5,5,0,0" in run(folder, "labels", "--format", "csv")
    with pytest.raises(UsageError, match="mine"):
        sample_called(folder, "min")


def test_postings_that_are_not_here_are_judged_by_their_own_words(folder, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "title,text,label_tier\n深度学习算法工程师,,narrow\n会计,负责记账,none\n", encoding="utf-8"
    )
    result = measure(folder, import_labels(folder, path))
    assert scores(result)["tier narrow"]["f1"] == 1.0
    assert any("judged by the words in the file" in note for note in result.notes)


def test_a_posting_taken_out_again_is_judged_by_the_sheet(folder, fill):
    sample = import_labels(folder, fill(tiers()))
    before = scores(measure(folder, sample))
    forget(folder, "*jobs.csv")
    after = scores(measure(folder, sample))
    assert {name: row["f1"] for name, row in after.items()} == {
        name: row["f1"] for name, row in before.items()
    }


def test_a_sheet_survives_a_spreadsheet(folder, fill):
    """Saved as GB18030, and with an id that was taken for a number."""
    sample = import_labels(folder, fill(tiers(), encoding="gb18030", posting_id="1.23E+15"))
    assert sample.rows["posting_id"].null_count() == 0
    assert any("GB18030" in note for note in sample.notes)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("label_tier", "medium", "label_tier 'medium' is none of none, broad"),
        ("label_ai", "maybe", "label_ai 'maybe' is neither yes nor no"),
        ("label_skills", "pythonn", "no skill called 'pythonn'; did you mean python"),
    ],
)
def test_a_malformed_label_names_its_row_and_imports_nothing(folder, fill, sheet, column, value, words):
    row = [one["title"] for one in sheet].index("会计") + 1
    with pytest.raises(DataContractError, match=f"sample.csv: row {row}: .*{words}.*nothing was imported"):
        import_labels(folder, fill({"会计": {column: value}, "销售经理": {"label_ai": "no"}}))
    assert samples(folder) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title,label_tier\n会计\n", "row 1: 1 cells under 2 columns"),
        ("posting_id,label_tier\nffff,none\n", "row 1: no posting 'ffff' here"),
        ("title,label_tier\n会计,\n", "no label is filled in"),
        ("title,title,label_tier\na,b,none\n", "stands twice"),
    ],
)
def test_a_malformed_sheet(folder, tmp_path, text, words):
    path = tmp_path / "sample.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataContractError, match=words):
        import_labels(folder, path)


def test_two_labels_for_one_posting_are_refused(folder, fill):
    path = fill(tiers())
    lines = path.read_text(encoding="utf-8").splitlines()
    again = next(line for line in lines if "会计" in line)
    path.write_text("\n".join([*lines, again]) + "\n", encoding="utf-8")
    assert import_labels(folder, path).rows.height == 5
    path.write_text("\n".join([*lines, again.replace(",none,,", ",broad,,")]) + "\n", encoding="utf-8")
    with pytest.raises(DataContractError, match=r"row 6: labels .* otherwise than row"):
        import_labels(folder, path)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "label_tier\nnone\n"])
def test_what_is_no_sheet_is_a_usage_error(folder, tmp_path, text):
    path = tmp_path / "sample.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="postings --sample"):
        import_labels(folder, path)


@given(st.lists(st.tuples(st.booleans(), st.booleans())))
def test_agreement_is_counted_right(pairs):
    labelled, found = [one for one, _ in pairs], [two for _, two in pairs]
    counted, swapped = agreement(labelled, found), agreement(found, labelled)
    assert counted.n == len(pairs)
    assert counted.precision == swapped.recall
    assert counted.kappa == swapped.kappa
    assert counted.f1 is None or 0 <= counted.f1 <= 1
    if pairs and labelled == found and len(set(labelled)) == 2:
        assert (counted.f1, counted.kappa) == (1.0, 1.0)
