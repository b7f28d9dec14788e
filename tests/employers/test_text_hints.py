"""Weak hints from posting texts: who says what of itself, what never counts, and what must not change."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli import open_workspace
from graphcli.cli import cli
from graphcli.workspace.errors import UsageError

HEADER = ["职位名称", "公司名称", "工作城市", "薪资", "发布日期", "职位描述", "职位链接"]

# Text, kind, and the strongest statement that a hint must stand on. All names are made up.
SAID = [
    (
        "公司介绍：公司具有武器装备科研生产许可证、武器装备科研生产单位保密资格等军工资质。",
        "defense",
        "licence",
    ),
    ("我公司已取得军工四证，产品畅销全国。岗位职责：1、负责前台接待。", "defense", "licence"),
    ("湖畔雷达通过了ISO9001、ISO14001和国军标质量管理体系认证。", "defense", "licence"),
    ("公司通过 GJB9001C 质量管理体系认证，是国家高新技术企业。", "defense", "licence"),
    (
        "任职要求：1、本科以上学历；2、认真负责。公司简介：公司军工三证齐全，注册资本五千万元。",
        "defense",
        "licence",
    ),
    (
        "湖畔微波是一家具有国家二级保密资格的企业，拥有硕士以上学历员工三十人，研发经验丰富。",
        "defense",
        "licence",
    ),
    ("公司被列入装备承制单位名录，拥有装备承制单位资格证书。", "defense", "licence"),
    ("公司隶属于中国电子科技集团，位于城东高新区。", "defense", "member"),
    ("湖畔光电是中国兵器工业集团下属的二级单位。", "defense", "member"),
    ("我所承担多项国防重点型号的研制任务。", "defense", "work"),
    ("公司是军品研制单位，主要产品为军用计算机。", "defense", "work"),
    ("湖畔导航是一家国有军工企业，成立于1958年。", "defense", "work"),
    ("公司专业从事导弹导引头、火控系统的研发与生产。", "defense", "work"),
    ("公司主营军工电子、微波组件，年产值过亿。", "defense", "work"),
    ("公司主要为军队、民航提供频谱监测产品与服务。", "defense", "supplier"),
    ("公司面向军工院所、高校等用户提供测试仪器及解决方案。", "defense", "supplier"),
    ("公司服务于军工、航天客户，口碑良好。", "defense", "supplier"),
    ("公司产品已成功应用于多型武器装备。", "defense", "supplier"),
    ("公司主要客户包括军工单位、科研院所和高校。", "defense", "supplier"),
    ("岗位职责：1、负责军品项目的总体设计；2、编写文档。", "defense", "duty"),
    ("1、负责战术通信系统的方案设计；2、参与系统联调。", "defense", "duty"),
    ("岗位职责：负责公司武器装备科研生产许可证、保密资格的申报与维护。", "defense", "duty"),
    ("公司先后承建多个城市的雪亮工程、天网工程。", "surveillance", "work"),
    ("公司是公安视频监控产品的供应商，产品覆盖二十个省。", "surveillance", "work"),
    ("湖畔视讯是国内领先的安防监控产品制造商。", "surveillance", "vendor"),
    ("公司专注于智慧警务、公安大数据领域的软件研发。", "surveillance", "work"),
    ("公司面向公安、司法等客户提供反恐维稳、区域监视等系统产品。", "surveillance", "work"),
    ("岗位职责：1、负责雪亮工程项目的实施与验收。", "surveillance", "duty"),
    ("工作内容：参与公安大数据平台的设计与开发。", "surveillance", "duty"),
]

# What asks, boasts, denies, dreams or speaks of others.
SILENT = [
    "任职要求：1、有军工行业经验者优先；2、熟悉国军标质量管理体系。",
    "任职要求：1、具有保密意识；2、能通过政审和保密审查；3、退役军人优先。",
    "要求：从事军品研制工作五年以上，具有武器装备项目背景。",
    "1、熟悉武器装备科研生产许可证申报流程；2、了解军工四证。",
    "具备军品项目管理经验，持有国军标内审员证书。",
    "应聘者须具有军工企业工作经历。",
    "加分项：参与过导弹、导引头项目。",
    "具有电子对抗系统的总体方案论证设计能力。",
    "福利待遇：五险一金，军事化管理，提供食宿。",
    "公司采用军工级品质管控，打造军工品质的家居产品。",
    "产品采用军品级元器件、军用级外壳，结实耐用。",
    "公司创始人毕业于国防科技大学，核心成员来自军工央企。",
    "团队成员来自中国航天科技集团、中国电科等单位。",
    "公司不从事军品生产，不涉及军工业务。",
    "本公司为民营企业，无军工资质，非军工单位。",
    "公司正在申请军工四证，计划进入军工领域。",
    "公司将取得武器装备科研生产许可证。",
    "公司前身为国有军工企业，现从事家电制造。",
    "公司与中国航天科工集团、中国电科等建立战略合作伙伴关系。",
    "公司专业提供军工四证咨询服务，为企业办理武器装备科研生产许可证、国军标认证。",
    "公司承接部队食堂、学校餐饮服务，为部队提供食材配送。",
    "公司为军队客户提供理财、保险等金融服务。",
    "公司位于军民融合产业园，交通便利。",
    "岗位职责：负责军事题材游戏中武器系统、导弹的数值设计。",
    "岗位职责：1、负责手游武器装备的美术设计，提升玩家体验。",
    "岗位职责：负责军队文职、公务员考试培训课程的研发。",
    "我们的客户是一家军工企业，专业从事导弹的研制。",
    "受某军工企业委托，招聘以下岗位。",
    "产品可应用于军工、航空航天、医疗等领域。",
    "产品可用于雪亮工程、平安城市等场景。",
    "供应商须具备武器装备科研生产单位保密资格。",
    "热爱国防事业，愿意投身国防科研。",
    "负责公司监控系统、门禁系统的日常维护。",
    "协助公安机关处理治安事件，负责小区视频监控值守。",
    "有安防监控厂商工作经验者优先，熟悉视频监控产品。",
    "与国内安防监控厂商保持合作，关注竞品动态。",
    "在公安、电力领域有大数据项目经验者优先。",
    "公司主要客户有：公安行业、税务行业、医疗行业。",
    "销售部队战斗力强，我们是一支铁军部队，为客户提供服务。",
    "负责季度作战地图的制定，跟踪战术执行。",
    "团队协同作战，执行力强。",
    "岗位职责：负责拓展军工客户，维护客户关系。",
]


def crawl(rows: list[tuple[str, str]], day: str = "2025-03-04") -> str:
    """A made-up crawl of employers and texts."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for employer, text in rows:
        digest = hashlib.sha256(f"{employer}{text}".encode()).hexdigest()[:12]
        address = f"https://jobs.lake.example/{digest}"
        writer.writerow([f"职员{len(text)}", employer, "成都", "8千-1万", day, text, address])
    return out.getvalue()


def run(folder: Path, *arguments: str) -> Result:
    outcome = CliRunner().invoke(cli, ["-q", "-w", str(folder), *arguments])
    assert outcome.exit_code == 0, outcome.output
    return outcome


def loaded(folder: Path, *contents: str) -> Path:
    """A workspace with these crawls loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(contents):
        path = folder / f"crawl_{number}.csv"
        path.write_text(content, encoding="utf-8")
        run(folder / "workforce", "load", str(path))
    return folder / "workforce"


def listed(workspace: Path, *arguments: str) -> list[dict[str, object]]:
    answer = json.loads(run(workspace, "claims", "--from-texts", "--format", "json", *arguments).stdout)
    return answer["rows"]


def company(number: int) -> str:
    """A made-up company whose name says nothing."""
    stems = "甲乙丙丁戊己庚辛壬癸"
    return f"湖畔{''.join(stems[int(digit)] for digit in f'{number:03d}')}科技有限公司"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, object]]]:
    """The hints about one employer for each text of SAID and SILENT, by text."""
    texts = [text for text, *_ in SAID] + SILENT
    workspace = loaded(
        tmp_path_factory.mktemp("told"), crawl([(company(n), text) for n, text in enumerate(texts)])
    )
    rows = listed(workspace)
    return {
        text: [row for row in rows if row["employer"] == company(number)] for number, text in enumerate(texts)
    }


@pytest.mark.parametrize(("text", "kind", "states"), SAID)
def test_what_an_employer_says_of_itself_is_a_hint(told, text, kind, states):
    found = [row for row in told[text] if row["kind"] == kind]
    assert [str(row["states"]).split("; ")[0] for row in found] == [states], told[text]
    assert 0 < found[0]["score"] < 0.5
    assert (found[0]["basis"], found[0]["counted"], found[0]["postings"]) == ("posting text", False, 1)


@pytest.mark.parametrize("text", SILENT)
def test_what_asks_boasts_denies_or_speaks_of_others_is_none(told, text):
    assert told[text] == []


def test_labelled_sentences_are_read_as_labelled(tmp_path):
    with (Path(__file__).parent / "labelled_texts.csv").open(encoding="utf-8", newline="") as file:
        labelled = list(csv.DictReader(file))
    workspace = loaded(tmp_path, crawl([(company(n), row["text"]) for n, row in enumerate(labelled)]))
    found: dict[object, set[object]] = {}
    for row in listed(workspace):
        found.setdefault(row["employer"], set()).add(row["kind"])
    otherwise = [
        (row["text"], kinds)
        for number, row in enumerate(labelled)
        if (kinds := found.get(company(number), set())) != ({row["kind"]} - {""})
    ]
    assert otherwise == [(row["text"], set()) for row in labelled if row["missed"]]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few employers, one of which is on a list, an agency, and one that hides its name."""
    licence = "公司介绍：公司具有军工四证。岗位职责：1、负责前台接待。"
    return loaded(
        tmp_path_factory.mktemp("lake"),
        crawl(
            [
                ("湖畔雷达技术有限公司", licence),
                (
                    "湖畔雷达技术有限公司",
                    "公司介绍：公司主要为军队提供雷达。公司具有军工四证。岗位职责：1、画图。",
                ),
                ("湖畔雷达技术有限公司", "岗位职责：1、负责打扫卫生。"),
                ("湖畔雷达技术有限公司", ""),
                ("湖畔人力资源有限公司", licence),
                ("湖畔企业管理咨询有限公司", licence),
                ("某军工企业", licence),
                ("杭州海康威视数字技术股份有限公司", "岗位职责：1、负责雪亮工程项目的实施。"),
                ("汉询软件有限公司", "岗位职责：1、负责记账。"),
            ]
        ),
    )


def test_a_hint_says_how_many_postings_say_it_and_with_which_words(lake):
    (row,) = listed(lake, "--employer", "湖畔雷达技术有限公司")
    assert (row["postings"], row["with_text"], row["all_postings"]) == (2, 3, 4)
    assert (row["states"], row["phrases"]) == ("licence; supplier", "军工四证; 军队")
    # The strongest statement, and a little for the second phrase.
    assert row["score"] == pytest.approx(0.42)
    assert row["first_posted"] == row["last_posted"] == "2025-03-04"
    assert "军工四证" in str(row["quote"])


def test_agencies_and_hidden_names_speak_of_others(lake):
    assert {row["employer"] for row in listed(lake)} == {
        "湖畔雷达技术有限公司",
        "杭州海康威视数字技术股份有限公司",
    }


def test_repeats_of_a_posting_count_once(tmp_path):
    content = crawl([("湖畔雷达技术有限公司", "公司具有军工四证。")])
    (row,) = listed(loaded(tmp_path, content, content.replace("职员9", "职员9 ")))
    assert (row["postings"], row["with_text"], row["all_postings"]) == (1, 1, 1)


def test_claims_flags_and_stores_know_nothing_of_hints(lake, tmp_path):
    claims = json.loads(run(lake, "claims", "--as-of", "ever", "--format", "json").stdout)["rows"]
    assert {row["employer"] for row in claims} == {"杭州海康威视数字技术股份有限公司"}
    assert "posting text" not in {row["basis"] for row in claims}
    employers = json.loads(run(lake, "employers", "--format", "json").stdout)["rows"]
    flagged = {row["name"] for row in employers if row["defense"] or row["surveillance"]}
    assert flagged == {"杭州海康威视数字技术股份有限公司"}
    graph = open_workspace(lake).graph()
    assert graph.edges["AFFILIATED_WITH"].height == len(claims)
    assert "posting text" not in set(graph.edges["AFFILIATED_WITH"]["basis"])


def test_asking_for_hints_leaves_no_trace(lake):
    def state() -> dict[str, bytes]:
        files = [path for path in lake.rglob("*") if path.is_file() and path.name != ".lock"]
        return {str(path): path.read_bytes() for path in files}

    run(lake, "build")
    before = state()
    rows = listed(lake)
    run(lake, "show", str(rows[0]["employer"]))
    run(lake, "evidence", str(rows[0]["ref"]))
    assert state() == before


def test_own_phrases_change_hints_and_nothing_else(lake, tmp_path):
    workspace = loaded(
        tmp_path, crawl([("湖畔雷达技术有限公司", "公司具有军工四证，专业从事声呐浮标的研制。")])
    )
    answers = [["employers"], ["claims", "--as-of", "ever"], ["cities"]]
    before = [run(workspace, *arguments, "--format", "json").stdout for arguments in answers]
    own = workspace / "reference" / "text_hints.csv"
    own.parent.mkdir()
    own.write_text(
        "phrase,kind,says,meaning,source,url,as_of\n"
        "军工四证,,nothing,too weak for us,own reading,,2026-11-28\n"
        "声呐浮标,defense,work,works on sonar buoys,own reading,https://lake.example/buoys,2026-11-28\n",
        encoding="utf-8",
    )
    assert run(workspace, "definitions", "check").exit_code == 0
    (row,) = listed(workspace)
    assert (row["states"], row["phrases"]) == ("work", "声呐浮标")
    assert [run(workspace, *arguments, "--format", "json").stdout for arguments in answers] == before


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("声呐浮标,naval,work,buoys,own,,2026-11-28", "is none of defense, surveillance"),
        ("声呐浮标,defense,boast,buoys,own,,2026-11-28", "'boast' is none of"),
        ("声呐浮标,,work,buoys,own,,2026-11-28", "needs a kind"),
        ("声呐浮标,defense,work,buoys,,,2026-11-28", "is empty"),
        ("声呐浮标,defense,work,buoys,own,a book,2026-11-28", "does not match"),
        ("声呐。浮标,defense,work,buoys,own,,2026-11-28", "a mark at which texts are cut"),
        ("声,defense,work,buoys,own,,2026-11-28", "does not match"),
    ],
)
def test_a_wrong_phrase_is_refused_by_name(lake, line, problem):
    own = lake / "reference" / "text_hints.csv"
    own.parent.mkdir(exist_ok=True)
    own.write_text(f"phrase,kind,says,meaning,source,url,as_of\n{line}\n", encoding="utf-8")
    asked = [["claims", "--from-texts"], ["definitions", "check"]]
    answers = [CliRunner().invoke(cli, ["-w", str(lake), *one, "--format", "csv"]) for one in asked]
    own.unlink()
    for outcome in answers:
        said = outcome.output + str(outcome.exception)
        assert outcome.exit_code != 0
        assert problem in said
        assert "row 1" in said or '"text_hints.csv",1' in said or "text_hints.csv,1" in said


def test_show_tells_a_hint_from_a_claim(lake):
    lines = json.loads(run(lake, "show", "湖畔雷达技术有限公司", "--format", "json").stdout)["rows"]
    fields = [line["field"] for line in lines]
    assert lines[fields.index("claims")]["value"].startswith("none known")
    hint = lines[fields.index("weak hint")]
    assert hint["value"].startswith("defense, weak and not counted: licence; supplier")
    assert hint["source"] == "from texts: 2 of 3 postings with a text, score 0.42"
    assert hint["ref"].startswith("hint:")
    silent = json.loads(run(lake, "show", "汉询软件有限公司", "--format", "json").stdout)["rows"]
    assert "weak hint" not in [line["field"] for line in silent]


def test_evidence_leads_to_file_row_and_sentence(lake):
    (row,) = listed(lake, "--employer", "湖畔雷达技术有限公司")
    found = json.loads(run(lake, "evidence", str(row["ref"]), "--format", "json").stdout)["rows"]
    assert [(line["kind"], line["row"]) for line in found] == [("hint", 1), ("hint", 2), ("hint", 2)]
    assert all(line["file"] == "crawl_0.csv" and line["ref"].startswith("posting:") for line in found)
    assert found[0]["value"] == "licence | 军工四证 | 公司具有军工四证"
    assert all(line["sha256"] for line in found)
    outcome = CliRunner().invoke(cli, ["-w", str(lake), "evidence", str(row["ref"]).replace("defense", "x")])
    assert isinstance(outcome.exception, UsageError)
    assert "nothing stands behind" in str(outcome.exception)


def test_a_long_sentence_is_quoted_around_its_phrase(tmp_path):
    text = f"公司{'研发生产销售各类仪器、' * 20}专业从事导弹的研制{'及各类设备' * 30}。"
    workspace = loaded(tmp_path, crawl([("湖畔雷达技术有限公司", text)]))
    quote = str(listed(workspace)[0]["quote"])
    assert "导弹" in quote
    assert quote.startswith("…")
    assert quote.endswith("…")
    assert len(quote) < 100


def test_quotes_are_as_written(tmp_path):
    text = "公司通过ＧＪＢ 9001C认证，拥有GJB9001C质量管理体系证书，Ａ股上市。"
    workspace = loaded(tmp_path, crawl([("湖畔雷达技术有限公司", text)]))
    assert listed(workspace)[0]["quote"] == text.rstrip("。")


def test_hints_take_no_as_of(lake):
    outcome = CliRunner().invoke(cli, ["-w", str(lake), "claims", "--from-texts", "--as-of", "ever"])
    assert isinstance(outcome.exception, UsageError)
    assert "leave --as-of out" in str(outcome.exception)


def test_the_api_gives_the_same_rows(lake):
    frame = open_workspace(lake).claims(from_texts=True)
    assert frame["ref"].tolist() == [row["ref"] for row in listed(lake)]
    assert any("counts in no figure" in note for note in frame.attrs["notes"])


def test_no_text_no_hint(tmp_path):
    assert listed(loaded(tmp_path, crawl([("湖畔雷达技术有限公司", "")]))) == []


@settings(deadline=None, max_examples=3)
@given(
    st.lists(st.sampled_from([text for text, *_ in SAID] + SILENT), min_size=1, max_size=12),
    st.integers(0, 10_000),
)
def test_row_order_and_split_change_nothing(tmp_path_factory, texts, seed):
    rows = [(company(len(text) % 4), text) for text in texts]
    shuffled = rows.copy()
    random.Random(seed).shuffle(shuffled)
    at = seed % (len(rows) + 1)
    one = loaded(tmp_path_factory.mktemp("one"), crawl(rows))
    two = loaded(
        tmp_path_factory.mktemp("two"), *(crawl(part) for part in (shuffled[:at], shuffled[at:]) if part)
    )
    assert listed(one) == listed(two)


def test_real_postings_hint_at_few_and_hold_what_was_read(shared_data, tmp_path):
    source = shared_data / "postings" / "51job_2019_gbk"
    workspace = tmp_path / "workforce"
    run(workspace, "load", str(source))
    found = {(row["employer"], row["kind"], str(row["states"]).split("; ")[0]) for row in listed(workspace)}
    assert ("成都四威功率电子科技有限公司", "defense", "licence") in found
    assert ("成都西科微波通讯有限公司", "surveillance", "work") in found
    assert ("成都中星世通电子科技有限公司", "defense", "supplier") in found
    assert len(found) < 15
