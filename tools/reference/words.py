"""Words that stand for codes, in both languages."""

from tanhui.core.text import Text

STATUS = {"trial": Text("试行", "trial"), "in_force": Text("正式", "in force")}
EVIDENCE = {
    "self_declared": Text("自报及以上", "self-declared or better"),
    "partner": Text("合作方数据及以上", "a partner's data or better"),
    "meter": Text("计量设备", "a meter"),
}
QUALITY = {
    "official": Text("官方公布", "official"),
    "standard": Text("标准", "standard"),
    "peer-reviewed": Text("同行评议", "peer-reviewed"),
    "press": Text("媒体转述", "press"),
    "operator": Text("运营方公布", "operator"),
    "secondary": Text("二手资料", "secondary"),
    "definition": Text("定义", "definition"),
    "assumption": Text("**假设**", "**assumption**"),
}
ROUNDING = {"down": Text("向下", "down"), "up": Text("向上", "up")}
PER = {"day": Text("每日", "a day"), "month": Text("每月", "a month"), "year": Text("每年", "a year")}
BY = {"person": Text("每人", "per person"), "household": Text("每户", "per household")}
