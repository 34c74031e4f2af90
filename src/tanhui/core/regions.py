"""Regions by GB/T 2260 code, and where one looks when a region has no value of its own.

City → province → grid region → nation: a district of Shenzhen (`440305`) falls back to Shenzhen (`440300`), Guangdong
(`440000`), the southern grid (`CN-SOUTH`) and the nation (`CN`).
"""

import re
from functools import lru_cache

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

NATION = "CN"

GRID_REGIONS: dict[str, Text] = {
    "CN-NORTH": Text("华北区域", "North China grid"),
    "CN-NORTHEAST": Text("东北区域", "Northeast China grid"),
    "CN-EAST": Text("华东区域", "East China grid"),
    "CN-CENTRAL": Text("华中区域", "Central China grid"),
    "CN-NORTHWEST": Text("西北区域", "Northwest China grid"),
    "CN-SOUTH": Text("南方区域", "South China grid"),
    "CN-SOUTHWEST": Text("西南区域", "Southwest China grid"),
}

_PROVINCES: dict[str, tuple[Text, str | None]] = {
    "11": (Text("北京市", "Beijing"), "CN-NORTH"),
    "12": (Text("天津市", "Tianjin"), "CN-NORTH"),
    "13": (Text("河北省", "Hebei"), "CN-NORTH"),
    "14": (Text("山西省", "Shanxi"), "CN-NORTH"),
    "15": (Text("内蒙古自治区", "Inner Mongolia"), "CN-NORTH"),
    "21": (Text("辽宁省", "Liaoning"), "CN-NORTHEAST"),
    "22": (Text("吉林省", "Jilin"), "CN-NORTHEAST"),
    "23": (Text("黑龙江省", "Heilongjiang"), "CN-NORTHEAST"),
    "31": (Text("上海市", "Shanghai"), "CN-EAST"),
    "32": (Text("江苏省", "Jiangsu"), "CN-EAST"),
    "33": (Text("浙江省", "Zhejiang"), "CN-EAST"),
    "34": (Text("安徽省", "Anhui"), "CN-EAST"),
    "35": (Text("福建省", "Fujian"), "CN-EAST"),
    "36": (Text("江西省", "Jiangxi"), "CN-CENTRAL"),
    "37": (Text("山东省", "Shandong"), "CN-NORTH"),
    "41": (Text("河南省", "Henan"), "CN-CENTRAL"),
    "42": (Text("湖北省", "Hubei"), "CN-CENTRAL"),
    "43": (Text("湖南省", "Hunan"), "CN-CENTRAL"),
    "44": (Text("广东省", "Guangdong"), "CN-SOUTH"),
    "45": (Text("广西壮族自治区", "Guangxi"), "CN-SOUTH"),
    "46": (Text("海南省", "Hainan"), "CN-SOUTH"),
    "50": (Text("重庆市", "Chongqing"), "CN-SOUTHWEST"),
    "51": (Text("四川省", "Sichuan"), "CN-SOUTHWEST"),
    "52": (Text("贵州省", "Guizhou"), "CN-SOUTH"),
    "53": (Text("云南省", "Yunnan"), "CN-SOUTH"),
    "54": (Text("西藏自治区", "Tibet"), "CN-SOUTHWEST"),
    "61": (Text("陕西省", "Shaanxi"), "CN-NORTHWEST"),
    "62": (Text("甘肃省", "Gansu"), "CN-NORTHWEST"),
    "63": (Text("青海省", "Qinghai"), "CN-NORTHWEST"),
    "64": (Text("宁夏回族自治区", "Ningxia"), "CN-NORTHWEST"),
    "65": (Text("新疆维吾尔自治区", "Xinjiang"), "CN-NORTHWEST"),
    "71": (Text("台湾省", "Taiwan"), None),
    "81": (Text("香港特别行政区", "Hong Kong"), None),
    "82": (Text("澳门特别行政区", "Macao"), None),
}
_MUNICIPALITIES = {"11", "12", "31", "50"}

_CITIES: dict[str, Text] = {
    "130100": Text("石家庄市", "Shijiazhuang"),
    "210100": Text("沈阳市", "Shenyang"),
    "210200": Text("大连市", "Dalian"),
    "320100": Text("南京市", "Nanjing"),
    "320500": Text("苏州市", "Suzhou"),
    "330100": Text("杭州市", "Hangzhou"),
    "330200": Text("宁波市", "Ningbo"),
    "350200": Text("厦门市", "Xiamen"),
    "370100": Text("济南市", "Jinan"),
    "370200": Text("青岛市", "Qingdao"),
    "410100": Text("郑州市", "Zhengzhou"),
    "420100": Text("武汉市", "Wuhan"),
    "430100": Text("长沙市", "Changsha"),
    "440100": Text("广州市", "Guangzhou"),
    "440300": Text("深圳市", "Shenzhen"),
    "510100": Text("成都市", "Chengdu"),
    "610100": Text("西安市", "Xi'an"),
}


@lru_cache(maxsize=8192)
def fallback(region: str) -> tuple[str, ...]:
    """The regions to look in for `region`, the nearest first and the nation last. Raises `Refusal` for an unknown code."""
    if region == NATION:
        return (NATION,)
    if region in GRID_REGIONS:
        return (region, NATION)
    if not re.fullmatch("[0-9]{6}", region) or region[:2] not in _PROVINCES:
        raise Refusal(
            "region_unknown",
            Text(
                "地区“{r}”无法识别；应为 GB/T 2260 六位代码（如 440300 深圳）、电网区域（如 CN-SOUTH）或 CN。",
                "The region “{r}” is unknown; give a six-digit GB/T 2260 code (440300 is Shenzhen), a grid region (CN-SOUTH) or CN.",
            ).format(r=region),
            field="region",
        )
    province, grid = region[:2] + "0000", _PROVINCES[region[:2]][1]
    chain = [region]
    if not region.endswith("00") and region[:2] not in _MUNICIPALITIES:
        chain.append(region[:4] + "00")
    chain += [province, *([grid] if grid else []), NATION]
    return tuple(dict.fromkeys(chain))


def region_name(region: str) -> Text:
    """What people call the region; a place without an entry is called by its code and its province."""
    if region == NATION:
        return Text("全国", "China")
    if region in GRID_REGIONS:
        return GRID_REGIONS[region]
    if region in _CITIES:
        return _CITIES[region]
    province = _PROVINCES[region[:2]][0]
    if region.endswith("0000"):
        return province
    return Text(f"{province.zh}（{region}）", f"{province.en} ({region})")


def region_number(region: str) -> int:
    """The region as a whole number for storage: the code itself, 0 for the nation, negative for a grid region."""
    if region == NATION:
        return 0
    return -1 - list(GRID_REGIONS).index(region) if region in GRID_REGIONS else int(region)


def region_of_number(number: int) -> str:
    """The region that `region_number` turned into that number."""
    if number == 0:
        return NATION
    return list(GRID_REGIONS)[-1 - number] if number < 0 else str(number)
