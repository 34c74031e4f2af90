"""What columns of unknown files are usually called, in Chinese and English: the words by which a draft finds its fields."""

from typing import NamedTuple


class Meaning(NamedTuple):
    """A field or role, the words that name it, the unit by words in the name, and the unit when none is named."""

    role: str
    words: str
    units: tuple[tuple[str, str], ...]
    unit: str | None
    behavior: int | None


_LENGTH = ((r"km|公里|千米|kilomet", "km"), (r"mile|英里", "mile"), (r"_m$|\(m\)|（米）|米|met(er|re)", "m"))
_TIME = ((r"hour|小时|_h$|时长.*h", "h"), (r"min|分", "min"), (r"sec|秒|_s$", "s"))
_ENERGY = ((r"mwh|兆瓦时", "MWh"), (r"kwh|千瓦时|度", "kWh"), (r"wh", "Wh"))
_VOLUME = ((r"m3|m³|立方|吨", "m3"), (r"lit(er|re)|升|_l$", "L"), (r"ml|毫升", "mL"))
_MASS = ((r"吨|tonne", "t"), (r"kg|公斤|千克", "kg"), (r"gram|克|_g$", "g"))

ROLES: tuple[Meaning, ...] = (
    Meaning("person", r"user|uid|customer|member|client|card_?no|rider|passenger|participant|phone|用户|会员|客户|卡号|户号|手机|乘客", (), None, None),
    Meaning("record", r"(order|trip|ride|session|transaction|invoice|record|bill|event).*(id|no|num|key)|订单|流水|单号|编号|^id$", (), None, None),
    Meaning("ended_at", r"end|stop|finish|return|plugout|disconnect|arriv|结束|还车|到达|离开|拔枪|终止", (), None, None),
    Meaning("occurred_at", r"start|begin|plugin|time|date|_at$|时间|日期|开始|借车|创建", (), None, None),
    Meaning("duration", r"duration|elapsed|时长|用时|历时|^(minutes|seconds|mins|secs|hours)$", _TIME, "min", None),
    Meaning("steps", r"steps?|步数", (), None, 16),
    Meaning("distance_km", r"dist|mileage|km|里程|距离|路程|公里", _LENGTH, "km", 17),
    Meaning("energy_kwh", r"kwh|energy|electric|consumption|电量|用电|度数|充电", _ENERGY, "kWh", 12),
    Meaning("water_m3", r"water|volume|m3|m³|liter|litre|用水|水量|吨数|水表", _VOLUME, "m3", 13),
    Meaning("mass_kg", r"weight|mass|kg|重量|质量|公斤", _MASS, "kg", 49),
    Meaning("sheets", r"sheets?|pages?|张数|页数", (), None, 55),
    Meaning("amount", r"amount|price|paid|fee|total|金额|实付|支付|票价", (), None, 34),
)  # fmt: skip
FIELDS = frozenset({"distance_km", "energy_kwh", "water_m3", "steps", "mass_kg", "sheets"})
