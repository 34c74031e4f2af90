"""Why a row is refused: one table of codes and sentences, used by whoever refuses."""

from tanhui.core.text import Text

REASONS: dict[str, Text] = {
    # the row itself
    "unreadable_row": Text("无法读取该行：{why}。", "The row cannot be read: {why}."),
    "not_an_activity": Text("不是低碳行为记录：{why}。", "Not a record of an activity: {why}."),
    "cancelled": Text("已取消或全额退款：{why}。", "Cancelled or fully refunded: {why}."),
    "original_missing": Text(
        "它要撤回的记录 {value} 尚未入账；原记录入账后请重新提交此行。",
        "The record {value} that it takes back is not in the books; send this row again when that has come.",
    ),
    "original_of_another": Text(
        "它要撤回的记录 {value} 属于另一用户。", "The record {value} that it takes back is another person's."
    ),
    "original_uncertain": Text(
        "无法确定它撤回哪一条记录：{why}。若整条记录应撤回，请查明后用 tanhui correct 撤销。",
        "Which record it takes back cannot be told for certain: {why}. If a whole record is to go, find it and withdraw it "
        "with tanhui correct.",
    ),
    "unknown_behavior": Text(
        "“{value}”不对应任何行为；映射未列出该值。", "“{value}” names no behavior; the mapping does not list it."
    ),
    # who, which, where, when
    "person_missing": Text(
        "没有用户标识；请由合作方提供，或以 --person 指明。",
        "No person is named; the partner must supply one, or name the person with --person.",
    ),
    "record_id_missing": Text("没有记录编号（{field}）。", "The record has no id ({field})."),
    "unknown_region": Text(
        "地区“{value}”无法识别；应为 GB/T 2260 六位代码。",
        "The region “{value}” is unknown; give a six-digit GB/T 2260 code.",
    ),
    "bad_date": Text(
        "“{value}”不是可识别的时间（{field}）；应为 {formats}。",
        "“{value}” is no time that can be read ({field}); it must be {formats}.",
    ),
    "in_the_future": Text("发生时间 {value} 晚于现在。", "It happened at {value}, which is in the future."),
    "before_agreement": Text(
        "发生时间 {value} 早于合作协议生效日 {since}。",
        "It happened at {value}, before the agreement with the partner began on {since}.",
    ),
    "after_agreement": Text(
        "发生时间 {value} 晚于合作协议终止日 {until}。",
        "It happened at {value}, after the agreement with the partner ended on {until}.",
    ),
    "not_live": Text("合作方目前{value}，不接收其记录。", "The partner is {value}; no records are taken from it."),
    "not_agreed": Text("{value}不在与合作方的协议范围内。", "{value} is outside of the agreement with the partner."),
    "wrong_value": Text("{field} 为“{value}”；应为{expected}。", "{field} is “{value}”; it must be {expected}."),
    "given_twice": Text("{field} 与 {other} 只能给出一个。", "Give {field} or {other}, not both."),
    # how much
    "missing_field": Text("缺少必填字段 {field}。", "The required field {field} is missing."),
    "not_a_number": Text("“{value}”不是数（{field}）。", "“{value}” is not a number ({field})."),
    "out_of_bounds": Text(
        "{field} 为 {value}，应在 {least} 至 {most} {unit} 之间。",
        "{field} is {value}; it must be between {least} and {most} {unit}.",
    ),
    "too_fast": Text("时速超过 {most} 公里：{value}。", "Faster than {most} km/h: {value}."),
    # meters
    "duplicate_reading": Text("同一时刻的重复读数。", "The same reading at the same time was given before."),
    "conflicting_reading": Text("同一时刻有不同读数。", "Another reading was given for the same time."),
    "meter_rollback": Text("表计读数倒退 {value}。", "The meter ran backward by {value}."),
    "meter_jump": Text(
        "读数增加 {value}，超过每小时 {most} 的上限。", "The meter rose by {value}, more than {most} per hour."
    ),
    "incomplete_month": Text(
        "{month} 的数据覆盖率为 {value}，低于 {least}。", "{month} is covered to {value}, less than {least}."
    ),
    "month_not_over": Text("{month} 尚未结束；月末之后再提交。", "{month} is not over yet; send it when it is."),
    "no_baseline_yet": Text(
        "{month} 之前只有 {value} 个完整月份，需要 {least} 个才能确定基准线。",
        "Only {value} complete months precede {month}; the baseline needs {least}.",
    ),
    # given by those who come after
    "duplicate": Text("该记录已经入账。", "This record was booked before."),
    "conflict": Text("同一编号的记录内容不同。", "Another content was booked under the same record id."),
    "already_booked": Text("该行为已由另一合作方入账。", "The same act was booked from another partner."),
    "overlap": Text("与另一条记录的时间重叠。", "It overlaps another record in time."),
    "over_cap": Text("超过上限 {value}。", "It is beyond the cap of {value}."),
    "evidence_too_low": Text("证据等级 {value} 低于要求的 {least}。", "The evidence {value} is below {least}."),
    "no_consent": Text(
        "没有用户授权该合作方提供此数据；授权并关联后请重新发送。",
        "Nobody has consented that this partner sends their data; send it again after consent and link.",
    ),
    "account_closing": Text(
        "用户正在注销或已注销账户，不再入账。",
        "The person is closing or has closed the account; nothing new is booked.",
    ),
    "methodology_not_in_force": Text(
        "当时当地没有该行为（{value}）的有效方法学。", "No methodology for behavior {value} is in force there and then."
    ),
    "variant_unknown": Text("没有变体“{value}”。", "There is no variant “{value}”."),
}


def sentence(code: str, **values: object) -> Text:
    """The sentence of that reason with its values filled in; the code must exist."""
    return REASONS[code].format(**values)
