"""The taxonomy and its boundary rules, through the matcher that everybody uses."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcli.loaders.definitions.matcher import load_matcher
from graphcli.loaders.definitions.skills.taxonomy import load_taxonomy, skill_table
from graphcli.workspace.errors import DataContractError

SCHEMA = {"title": pl.String, "tags": pl.List(pl.String), "text": pl.String, "employer_raw": pl.String}


@pytest.fixture(scope="module")
def matcher():
    return load_matcher()


def skills_of(matcher, title: str = "", tags: list[str] | None = None, text: str = "") -> set[str]:
    frame = pl.DataFrame([(title, tags or [], text, "")], schema=SCHEMA, orient="row")
    return set(matcher.annotate(frame)["skills"].to_list()[0])


def test_the_taxonomy_is_as_large_as_promised_and_its_groups_are_named():
    table = skill_table()
    assert table.height >= 450
    assert table["id"].is_unique().all()
    assert table["id"].to_list() == sorted(table["id"])
    assert table.select(pl.all().is_not_null().all()).row(0) == (True,) * 6
    six = table.filter(pl.col("group") == "surveillance_tasks")["id"].to_list()
    assert len(six) == 6


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("精通JavaScript", {"javascript"}, {"java"}),
        ("Java开发", {"java"}, {"javascript"}),
        ("Python开发、Vue3与Node.js", {"python", "vue", "nodejs"}, set()),
        ("熟悉C/C++", {"c", "cpp"}, {"csharp"}),
        ("熟悉C#、.NET", {"csharp", "dotnet"}, {"c"}),
        ("ASP.NET Core", {"dotnet"}, set()),
        ("R语言建模", {"r"}, set()),
        ("Java、Go、Python任一", {"java", "go", "python"}, set()),
        ("we go to market", set(), {"go"}),
        ("包括但不限于目标检测、图像分割", {"object_detection", "image_segmentation"}, set()),
        ("统计学、信号处理等相关专业，熟悉SPSS", {"spss"}, {"statistics", "signal_processing"}),
        ("具备统计学、信号处理等相关专业知识", {"statistics", "signal_processing"}, set()),
        ("熟悉Python 计算机相关专业", {"python"}, set()),
        ("电力系统潮流计算；使用智能体测仪", {"power_systems"}, {"stream_processing", "ai_agents"}),
        ("技术不限，熟悉Java", {"java"}, set()),
        ("学历不限Python", set(), {"python"}),
        ("公司简介：专注机器学习与Hadoop。\n岗位职责：精通Java", {"java"}, {"machine_learning", "hadoop"}),
        ("精通Java。【公司介绍】深耕区块链与物联网", {"java"}, {"blockchain", "iot"}),
        ("负责公司简介页面的前端开发，精通Vue", {"vue"}, set()),
        ("我司是人脸识别企业，招聘Java开发", {"java"}, {"face_recognition"}),
        (
            "design prompts over vector databases and recommender systems",
            {"prompt_engineering", "vector_database", "recommender_systems"},
            set(),
        ),
        ("精通PS AI CDR", {"photoshop", "illustrator", "coreldraw"}, {"artificial_intelligence"}),
        ("熟悉Milvus、ES、Redis", {"milvus", "elasticsearch", "redis"}, set()),
        ("时间可灵活安排", set(), {"video_generation"}),
        ("使用可灵制作视频", {"video_generation"}, set()),
        ("Golang后端", {"go"}, set()),
        ("EMAIL, AIR, MAIN", set(), {"artificial_intelligence"}),
        ("PS/AI", {"photoshop", "illustrator"}, {"artificial_intelligence"}),
        ("html5和ES6", {"html", "javascript"}, set()),
        ("Spring Boot、Spring Cloud", {"spring_boot", "spring_cloud"}, {"spring"}),
        ("MySQL", {"mysql"}, {"sql"}),
        ("NoSQL", {"nosql"}, {"sql"}),
        ("SQL Server 2008", {"sql_server", "sql"}, set()),
        ("PostgreSQL12", {"postgresql"}, set()),
        ("digital", set(), {"git"}),
        ("机器翻译", {"machine_translation"}, {"translation"}),
        ("SEM电镜", set(), {"sem"}),
        ("excellent", set(), {"excel"}),
        ("brainstorm", set(), {"storm"}),
        ("LoRa通信与LoRaWAN", set(), {"fine_tuning"}),
        ("不要求Java", set(), {"java"}),
        ("无需Python、SQL基础", set(), {"python", "sql"}),
        ("提供Python培训", set(), {"python"}),
        ("提供班车，熟悉Python，有培训经验", {"python"}, set()),
        ("不要求学历，熟悉Java", {"java"}, set()),
        ("提供住宿；Python讲师负责培训", {"python"}, set()),
        ("负责 Agent 开发与 AI 模型接入", {"ai_agents", "artificial_intelligence"}, set()),
        ("熟悉 C 语言与 R 语言", {"c", "r"}, set()),
        ("研发具身智能算法", {"humanoid_robots"}, {"artificial_intelligence"}),
        ("⾃动驾驶⽹络训练", {"autonomous_driving", "model_training"}, set()),
        ("目标检测跟踪、重识别", {"object_detection", "object_tracking", "person_reidentification"}, set()),
        ("数据的采集、标注，模型训练、部署", {"data_labeling", "model_training", "model_deployment"}, set()),
        ("数据的统计、分析与挖掘", {"data_mining"}, set()),
        ("关注竞品，挖掘用户需求", {"competitor_analysis", "user_research"}, set()),
        ("会Stable Diffusion出图", {"stable_diffusion"}, {"diffusion_models"}),
        ("大数据平台，熟悉Azkaban等作业调度系统", set(), {"slurm"}),
        ("用AI工具与剪映出片", {"capcut"}, {"illustrator", "premiere"}),
        ("熟练SD、MJ、PS", {"stable_diffusion", "midjourney", "photoshop"}, set()),
        ("熟练使用ChatGPT / Claude / Gemini", {"gpt", "claude", "gemini"}, set()),
        ("Licensed insurance agent", set(), {"ai_agents"}),
        ("工作包括但不限模型训练、优化和部署", {"model_training", "model_deployment"}, set()),
        ("规划模式（ReAct / ReWOO）", set(), {"react"}),
        ("公司官网：http://www.example.cn/", set(), {"http"}),
        ("熟悉SPI/SCI/CAN等通讯方式", {"can_bus", "serial_protocols"}, set()),
        ("产品需求分析、挖掘；态势感知技术研究", set(), {"data_mining", "perception_algorithms"}),
        ("声学前端开发", set(), {"frontend_development"}),
        ("Develop the perception stack: detection and tracking", {"perception_algorithms"}, set()),
        ("熟悉主流关系数据库，理解OO思想", {"relational_database", "oop"}, set()),
        ("会用echarts、D3等工具", {"d3js"}, set()),
        ("自动驾驶开发，了解Apollo、ROS", {"apollo"}, set()),
        ("配置中心用Nacos、Apollo、Consul", set(), {"apollo"}),
        ("SQL against Snowflake, Python or R", {"r"}, set()),
        ("strong C, AUTOSAR", {"c"}, set()),
        ("strong C++ skills", {"cpp"}, {"c"}),
        ("设计功能、性能、接口等测试用例", {"functional_testing", "performance_testing"}, set()),
        ("覆盖性能、接口的用例", {"performance_testing", "api_testing"}, set()),
        ("深入分析、挖掘产品的用户需求", set(), {"data_mining"}),
        ("负责数据质量管理与改进", set(), {"quality_management"}),
        ("掌握量化研究方法", set(), {"quantitative_trading"}),
        ("提升产品销售竞争力", set(), {"sales"}),
        ("工作地点：滨江区物联网街", set(), {"iot"}),
        ("熟悉ReAct、function calling", set(), {"react"}),
        ("制定产品的冷启动和增长策略", set(), {"recommender_systems"}),
        ("大气激光雷达系统的数据处理", {"lidar"}, {"radar_systems"}),
        ("搜索/推荐算法", {"search_algorithms", "recommender_systems"}, set()),
        ("服务器Linux内核维护", {"linux", "embedded_linux"}, set()),
        ("三年以上流片经验", {"tape_out"}, {"semiconductor_process"}),
        ("精通LinuxShell", {"shell"}, set()),
        ("familiarity with GPT-4, Claude.", {"claude"}, set()),
        ("教授信息学算法竞赛", set(), {"algorithm_development"}),
        ("熟悉Python或者C", {"python", "c"}, set()),
        ("熟悉Python或C++", {"python", "cpp"}, {"c"}),
        ("熟悉OnnxRuntime等推理库", {"onnx"}, set()),
        ("build detection and 6D pose models, vector DB", {"pose_estimation", "vector_database"}, set()),
        ("从算法原型设计到代码开发", set(), {"prototyping"}),
        ("负责CAN网络管理的开发", {"can_bus"}, {"network_engineering"}),
        ("We are an AI-powered logistics company", set(), {"artificial_intelligence"}),
        ("撰写人工智能行业研究报告", set(), {"artificial_intelligence"}),
        ("【业务介绍】推荐系统加速。【岗位要求】熟悉Java", {"java"}, {"recommender_systems"}),
    ],
)
def test_boundary_rules(matcher, text, wanted, unwanted):
    found = skills_of(matcher, text=text)
    assert wanted <= found
    assert not unwanted & found


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        # A generic word is a skill of its own and names no product.
        ("负责负载均衡的配置", {"load_balancing"}, {"nginx"}),
        ("熟悉Nginx、LVS", {"nginx", "lvs"}, set()),
        ("熟悉现场总线", {"fieldbus"}, {"ethercat"}),
        ("会画思维导图", {"mind_mapping"}, {"xmind"}),
        ("会使用抓包工具", {"packet_capture"}, {"fiddler"}),
        ("输出效果图与施工图", {"rendering_drafts"}, {"enscape"}),
        ("建设链路追踪", {"distributed_tracing"}, {"skywalking"}),
        ("维护HRIS系统", {"hris"}, {"workday"}),
        ("值守安全运营中心", {"security_operations_centre"}, {"siem"}),
        ("负责监控系统运维", {"system_monitoring"}, {"zabbix"}),
        ("在嘉立创打样", set(), {"mentor_pads", "lceda"}),
        ("使用嘉立创EDA", {"lceda"}, {"mentor_pads"}),
        ("搭建Grafana看板", {"grafana"}, {"superset"}),
        # An ordinary word is no product.
        ("8-hour workday, no overtime", set(), {"workday"}),
        ("Workday: 9:00-18:00", set(), {"workday"}),
        ("熟悉SAP、Workday", {"workday"}, set()),
        ("root canal treatment", set(), {"canal"}),
        ("熟悉Canal、Kafka", {"canal"}, set()),
        ("design leaflet and poster", set(), {"leaflet"}),
        ("熟悉Leaflet、OpenLayers", {"leaflet"}, set()),
        ("HVAC retrofit projects", set(), {"retrofit"}),
        ("Android开发，熟悉OkHttp、Retrofit", {"retrofit"}, set()),
        ("完成DRC/LVS检查，熟悉Linux与Docker", set(), {"lvs"}),
        ("熟悉LVS、HAProxy、Keepalived", {"lvs"}, set()),
        ("熟悉Cypress PSoC、STM32", set(), {"cypress"}),
        ("MCU厂商（Cypress、NXP）", set(), {"cypress"}),
        ("熟悉Cypress、Selenium", {"cypress"}, set()),
        ("处理Sentinel-2影像", set(), {"sentinel_java"}),
        ("熟悉Nacos、Sentinel", {"sentinel_java"}, set()),
        ("熟悉C4D、Redshift、OC渲染器", set(), {"amazon_redshift"}),
        ("Snowflake, Redshift, BigQuery", {"amazon_redshift"}, set()),
        ("HVAC airflow simulation", set(), {"airflow"}),
        ("temperature and airflow sensors", set(), {"airflow"}),
        ("experience with Kubernetes and Airflow", {"airflow"}, set()),
        ("garden gazebo design", set(), {"gazebo"}),
        ("熟悉ROS、Gazebo", {"gazebo"}, set()),
        ("联系人：Doris，电话", set(), {"doris"}),
        ("Please contact Doris", set(), {"doris"}),
        ("熟悉Doris、StarRocks", {"doris", "starrocks"}, set()),
        ("rollup banner", set(), {"rollup"}),
        ("熟悉Webpack、Rollup", {"rollup"}, set()),
        ("motivate our salesforce", set(), {"salesforce", "crm"}),
        ("forecast in Salesforce", {"salesforce", "crm"}, set()),
        ("分析财务ROCE、ROE", set(), {"roce"}),
        ("熟悉RDMA、RoCE", {"roce"}, set()),
        ("a playwright and director (编剧)", set(), {"playwright"}),
        ("熟悉Playwright、Selenium", {"playwright"}, set()),
        ("C4D、Redshift、Arnold，会SQL", set(), {"amazon_redshift"}),
        ("HVAC: pressure, airflow, temperature", set(), {"airflow"}),
        ("熟悉Airflow等调度工具", {"airflow"}, set()),
        ("财务指标ROE、ROCE，数据中心", set(), {"roce"}),
        ("编剧（Playwright），会Python", set(), {"playwright"}),
        # A silent name is found where it is meant.
        ("熟悉Egg.js", {"egg_js"}, set()),
        ("experience with Weights & Biases", {"weights_and_biases"}, set()),
        ("熟悉Node.js、Express、Koa", {"nodejs", "express", "koa"}, set()),
        ("Express、Koa、Egg", {"express", "koa", "egg_js"}, set()),
        ("international express, courier", set(), {"express"}),
        ("editing in CapCut", {"capcut"}, set()),
        ("熟悉Chroma、Milvus", {"chroma", "milvus"}, set()),
        ("熟悉Fiddler、Charles", {"charles"}, set()),
        ("Contact: Charles, HR", set(), {"charles"}),
        ("熟悉BERT、T5", {"t5"}, set()),
        ("了解Apollo、Autoware", {"apollo", "autoware"}, set()),
        # One thing has one id.
        ("熟悉Adams仿真", {"adams_dynamics"}, set()),
        ("会达芬奇调色、DaVinci Resolve", {"davinci"}, set()),
        ("维护达芬奇手术机器人", set(), {"davinci"}),
    ],
)
def test_a_word_of_everyday_is_no_product_and_a_product_in_a_list_is(matcher, text, wanted, unwanted):
    found = skills_of(matcher, text=text)
    assert wanted <= found
    assert not unwanted & found


@pytest.mark.parametrize(
    ("tag", "skill"),
    [
        ("XD", "adobe_xd"),
        ("UWB", "uwb_positioning"),
        ("CISA", "cisa"),
        ("Chroma", "chroma"),
        ("Charles", "charles"),
        ("T5", "t5"),
    ],
)
def test_a_name_that_is_silent_in_a_text_is_found_as_a_tag(matcher, tag, skill):
    assert skill in skills_of(matcher, tags=[tag])


def test_one_thing_has_one_id():
    assert not {"davinci_resolve", "adams"} & set(skill_table()["id"])


@pytest.mark.parametrize(
    ("tag", "skill"), [("C", "c"), ("R", "r"), ("go", "go"), ("PS", "photoshop"), ("MQ", "message_queue")]
)
def test_short_names_count_as_whole_tags_only(matcher, tag, skill):
    assert skill in skills_of(matcher, tags=[tag])
    assert skill not in skills_of(matcher, tags=[f"x {tag} y"])
    assert skill not in skills_of(matcher, title=f"about {tag} things")


def test_a_skill_is_found_in_title_tags_and_text(matcher):
    for found in (
        skills_of(matcher, title="Kafka工程师"),
        skills_of(matcher, tags=["Kafka"]),
        skills_of(matcher, text="熟悉Kafka"),
    ):
        assert "kafka" in found


def test_nulls_and_empty_frames_are_postings_without_skills(matcher):
    frame = pl.DataFrame([(None, None, None, None)], schema=SCHEMA, orient="row")
    assert matcher.annotate(frame).row(0) == ([], "none", [])
    empty = matcher.annotate(frame.clear())
    assert empty.height == 0
    assert empty.schema == matcher.annotate(frame).schema


@settings(max_examples=80, deadline=None)
@given(
    # None of these begins or ends another name of its own skill, as vue begins vuex.
    st.sampled_from(["python", "kafka", "tensorflow", "redis", "mysql"]),
    st.text(max_size=12),
    st.text(max_size=12),
)
def test_a_latin_word_counts_exactly_where_no_letter_or_digit_touches_it(matcher, word, left, right):
    text = unicodedata.normalize("NFKC", left) + word.upper() + unicodedata.normalize("NFKC", right)
    before = unicodedata.normalize("NFKC", left)[-1:]
    after = unicodedata.normalize("NFKC", right)[:1]
    touched = (before.isascii() and before.isalnum()) or (after.isascii() and after.isalpha())
    if not touched:
        assert word in skills_of(matcher, text=text)
    else:
        elsewhere = text.lower().count(word) > 1
        assert elsewhere or word not in skills_of(matcher, text=text)


def test_the_users_skills_are_merged_over_ours(tmp_path):
    (tmp_path / "skills").mkdir()
    (tmp_path / "skills" / "mine.yaml").write_text(
        'source: mine\nas_of: "2026-11"\ngroups:\n'
        "  - {id: crafts, name: 手艺, name_en: Crafts, skills: [{id: weaving, name: 织布, en: Weaving}]}\n"
        "  - {id: backend, name: 后端框架, name_en: Back-end frameworks,"
        " skills: [{id: kafka, name: Kafka, aliases: [卡夫卡]}]}\n",
        encoding="utf-8",
    )
    matcher = load_matcher(tmp_path)
    assert skills_of(matcher, text="会织布，懂卡夫卡") == {"weaving", "kafka"}
    assert matcher.fingerprint != load_matcher().fingerprint


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("groups: []", "source"),
        ('source: x\nas_of: "2026"\ngroups:\n  - {id: A B, name: x, name_en: x, skills: []}', "groups/0/id"),
        (
            'source: x\nas_of: "2026"\ngroups:\n'
            "  - {id: a, name: x, name_en: x, skills: [{id: b, name: bb}, {id: b, name: cc}]}",
            "defined twice",
        ),
        (
            'source: x\nas_of: "2026"\ngroups:\n  - {id: a, name: x, name_en: x, skills: [{id: b, name: b}]}',
            "one character",
        ),
    ],
)
def test_a_broken_file_names_the_place(tmp_path, body, message):
    (tmp_path / "skills").mkdir()
    (tmp_path / "skills" / "mine.yaml").write_text(body, encoding="utf-8")
    with pytest.raises(DataContractError, match=message):
        load_taxonomy(tmp_path)


def test_the_occupation_in_the_title_counts_and_the_same_word_in_a_text_does_not(matcher):
    assert "sales" in skills_of(matcher, title="智能家居销售")
    assert "sales" not in skills_of(matcher, title="美工", text="负责销售页面配图")
    assert "algorithm_development" in skills_of(matcher, title="CV算法实习生")
    assert "algorithm_development" not in skills_of(matcher, title="HRBP（算法团队）")
