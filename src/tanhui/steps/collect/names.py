"""What columns of unknown files are usually called, in Chinese and English: the words by which a draft finds its fields."""

from typing import NamedTuple


class Meaning(NamedTuple):
    """A field or role, the words that name it, the unit by words in the name, and the unit when none is named."""

    role: str
    words: str
    units: tuple[tuple[str, str], ...]
    unit: str | None
    behavior: int | None
    never: str = "(?!)"
    """The words of names that are never meant, whatever else they say."""


_LENGTH = ((r"km|公里|千米|kilomet", "km"), (r"mile|英里", "mile"), (r"_m$|\(m\)|（米）|米|met(er|re)", "m"))
_TIME = ((r"hour|小时|_h$|时长.*h", "h"), (r"min|分", "min"), (r"sec|秒|_s$", "s"))
_ENERGY = ((r"mwh|兆瓦时", "MWh"), (r"kwh|千瓦时|度", "kWh"), (r"wh", "Wh"))
_VOLUME = ((r"m3|m³|立方|吨", "m3"), (r"lit(er|re)|升|_l$", "L"), (r"ml|毫升", "mL"))
_KIND = r"type|kind|casual|class|gender|birth|类型|性质|级别"
_NO_QUANTITY = r"编号|编码|代码|号$|名称|次数|价|(?<!消)费|元[)）]?$|时间|日期|状态|(^|[_ ])(id|no|code|name|type|status|time|date|cost|price)$|ID$"
_MASS = ((r"吨|tonne", "t"), (r"kg|公斤|千克", "kg"), (r"gram|克|_g$", "g"))

ROLES: tuple[Meaning, ...] = (
    Meaning("person", r"user|uid|customer|member|client|card_?no|rider|passenger|participant|phone|用户|会员|客户|卡号|户号|手机|乘客", (), None, None, _KIND),
    Meaning("meter", r"household|meter[_ ]?(id|no|num|key)|^meter$|lclid|account|^id$|住户|账户|账号|水表|电表|表号", (), None, None, _KIND + "|reading|读数|底数"),
    Meaning("record", r"(order|trip|ride|session|transaction|invoice|record|bill|event).*(id|no|num|key)|订单|流水|单号|编号|^id$", (), None, None),
    Meaning("ended_at", r"end|stop|finish|return|plugout|disconnect|arriv|结束|还车|到达|离开|拔枪|终止", (), None, None),
    Meaning("occurred_at", r"start|begin|plugin|time|date|_at$|时间|日期|开始|借车|创建", (), None, None),
    Meaning("duration", r"duration|elapsed|时长|用时|历时|^(minutes|seconds|mins|secs|hours)$", _TIME, "min", None),
    Meaning("steps", r"steps?|步数", (), None, 16, _NO_QUANTITY),
    Meaning("distance_km", r"dist|mileage|km|里程|距离|路程|公里", _LENGTH, "km", 17, _NO_QUANTITY),
    Meaning("energy_kwh", r"kwh|energy|electric|consumption|电量|用电|度数|充电", _ENERGY, "kWh", 12, _NO_QUANTITY),
    Meaning("water_m3", r"water|volume|m3|m³|liter|litre|用水|水量|吨数|水表", _VOLUME, "m3", 13, _NO_QUANTITY),
    Meaning("mass_kg", r"weight|mass|kg|重量|质量|公斤", _MASS, "kg", 49, _NO_QUANTITY),
    Meaning("sheets", r"sheets?|pages?|张数|页数", (), None, 55, _NO_QUANTITY),
    Meaning("amount", r"amount|price|paid|fee|total|金额|实付|支付|票价", (), None, 34),
)  # fmt: skip
FIELDS = frozenset({"distance_km", "energy_kwh", "water_m3", "steps", "mass_kg", "sheets"})
ACTS: tuple[tuple[str, int], ...] = (
    (r"metro|subway|地铁|轨道", 19),
    (r"(^|[^a-z])bus([^a-z]|$)|公交|巴士", 18),
    (r"bike|bicycle|cycl|ride|骑行|单车", 17),
)
"""Behaviors whose every row is a ride, by words in the name of the file or of its columns, for files without a quantity."""
REGISTER = r"读数|示数|底数|表底|累计|止码|register|reading|cumul|index"
"""The words for a meter that counts on, and not for what was used in between."""
