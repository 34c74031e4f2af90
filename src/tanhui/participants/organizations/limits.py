"""The figures of organizations: when to remind of a paper that runs out, and how long a side may take to answer a ticket."""

from datetime import timedelta

from tanhui.core.text import Text

THRESHOLDS = (60, 30, 7)
"""Days before the end of a qualification on which its organization is reminded."""

ANSWER_WITHIN = {
    "urgent": timedelta(hours=4),
    "high": timedelta(hours=24),
    "normal": timedelta(hours=72),
    "low": timedelta(hours=168),
}
"""Hours by the clock, nights and holidays included."""
RAISED = {"low": "normal", "normal": "high", "high": "urgent", "urgent": "urgent"}

KINDS = {
    "question": Text("咨询", "question"),
    "data": Text("数据问题", "data"),
    "outage": Text("故障", "outage"),
    "qualification": Text("资质", "qualification"),
    "dispute": Text("争议", "dispute"),
}
ABOUT = {
    "record": Text("记录", "record"),
    "run": Text("导入批次", "run"),
    "quarantine": Text("被拒绝的记录", "refused row"),
}
