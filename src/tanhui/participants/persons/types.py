"""What crosses the boundary of the persons: values, the outside parties they need, and every refusal by its code."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

State = Literal["active", "frozen", "closing", "closed"]
PLATFORM = 0
"""The platform itself in place of a partner's number."""
COOLING_OFF = timedelta(days=7)
"""How long a person may think over the closing of the account; a rule of the operator's."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the provider said of a message: its number there, or why it was not taken."""

    taken: bool
    serial: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the provider said of a name and an ID number: `same`, `different`, `no_record`, or `unavailable` for no answer."""

    outcome: Literal["same", "different", "no_record", "unavailable"]
    request_id: str = ""


class SmsProvider(Protocol):
    """Who brings short messages to phones."""

    def send_code(self, phone: str, code: str, *, minutes: int, now: datetime) -> Sent:
        """Sends the code to that phone (E.164), saying how long it holds. Answers in any case; never raises for the network."""


class IdentityProvider(Protocol):
    """Who knows whether a name and an ID number belong together."""

    def check(self, real_name: str, id_number: str, *, now: datetime) -> Checked:
        """Asks the authority's records. Answers in any case; never raises for the network."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The outside parties that the persons' flows speak to."""

    sms: SmsProvider
    identity: IdentityProvider


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session begun: the token, told once and kept by the device alone, and the person."""

    token: str
    person: int
    new: bool


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One of a person's sessions."""

    number: int
    device: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as everybody may see them: masked. None where it is not known."""

    person: int
    state: State
    state_until: datetime | None
    created_at: datetime
    registered: bool
    phone: str | None
    real_name: str | None
    id_number: str | None
    verified_at: datetime | None
    guardian: int | None
    wards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NoticeInForce:
    """The notice that a person is shown now for a purpose."""

    id: int
    purpose: str
    version: int
    text: Text
    digest: str


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent as it stands: to whom, for what, by which version of the notice, since when."""

    partner_id: int
    purpose: str
    version: int | None
    given: bool
    at: datetime


_REFUSALS: dict[str, tuple[str | None, Text]] = {
    "phone_invalid": ("phone", Text("请输入中国大陆手机号（11 位）。", "Give a mobile number of mainland China (11 digits).")),
    "code_too_soon": ("phone", Text("发送过于频繁，请在 {s} 秒后再试。", "Too many messages; try again in {s} seconds.")),
    "sms_failed": ("phone", Text("短信未能发出，请稍后再试。", "The message could not be sent; try again later.")),
    "code_wrong": ("code", Text("验证码不正确或已失效。", "The code is wrong or no longer holds.")),
    "notice_outdated": ("notice", Text("请阅读并同意现行版本的告知书。", "Read the notice that is in force now and agree to that.")),
    "session_ended": (None, Text("请重新登录。", "Sign in again.")),
    "person_unknown": ("person", Text("没有用户 P{p}。", "There is no person P{p}.")),
    "not_registered": ("person", Text("用户 P{p} 未在平台注册。", "Person P{p} is not registered here.")),
    "id_number_invalid": ("id_number", Text("身份证号码不正确：{why}。", "That is no ID number: {why}.")),
    "real_name_invalid": ("real_name", Text("请填写证件上的姓名。", "Give the name as it stands on the ID card.")),
    "identity_taken": ("id_number", Text("该身份证已有账户；一人一户。", "This ID number has an account: one person, one account.")),
    "phone_taken": ("phone", Text("该手机号已有账户。", "This phone has an account already.")),
    "identity_different": ("real_name", Text("姓名与身份证号不一致，或查无记录。", "Name and ID number do not belong together, or there is no record of them.")),
    "identity_unavailable": (None, Text("身份核验服务暂不可用，请稍后再试。", "Identities cannot be checked just now; try again later.")),
    "identity_tries": (None, Text("今日核验次数已用完，请明天再试。", "No more checks today; try again tomorrow.")),
    "identity_verified": (None, Text("该账户已实名；更改请提出更正申请。", "The account is verified already; ask for a correction to change it.")),
    "identity_unverified": (None, Text("请先完成实名认证。", "Verify your identity first.")),
    "guardian_needed": (None, Text("未满 14 周岁，须先由监护人同意。", "Below the age of 14 a guardian must consent first.")),
    "guardian_not_adult": (None, Text("监护人须为已实名的成年人。", "A guardian must be a verified adult.")),
    "guardian_set": (None, Text("该用户已有监护人。", "This person has a guardian already.")),
    "guardian_of_others": (None, Text("您是其他账户的监护人，请先处理这些账户。", "You are the guardian of other accounts; see to these first.")),
    "state_refused": (None, Text("账户状态为“{s}”，不能执行此操作。", "The account is {s}; this cannot be done.")),
    "cooling_off": (None, Text("冷静期至 {d}，届时方可注销。", "The account may be closed from {d} on, when the time to think it over ends.")),
    "holds_pending": (None, Text("有积分处于冻结中，待其注销或解冻后再办理。", "Points are held; once they are retired or released, try again.")),
    "partner_unknown": ("partner", Text("没有合作方“{c}”。", "There is no partner “{c}”.")),
    "partner_obtains_consents": ("partner", Text("该合作方自行取得用户同意，无需在平台关联。", "This partner obtains consents itself; there is nothing to link here.")),
    "purpose_unknown": ("purpose", Text("没有用途“{c}”。", "There is no purpose “{c}”.")),
    "no_consent": ("purpose", Text("请先同意向该合作方收集数据的告知书。", "Consent first that data is collected from this partner.")),
    "link_code_wrong": ("code", Text("关联码不正确或已失效。", "The code is wrong or no longer holds.")),
    "claims_too_many": ("code", Text("尝试次数过多，请一小时后再试。", "Too many tries; try again in an hour.")),
    "user_linked": ("user", Text("该合作方用户已关联其他账户。", "This user of the partner is linked to another account.")),
    "assertion_invalid": ("assertion", Text("合作方的签名声明无效：{why}。", "The partner's signed statement does not hold: {why}.")),
    "reason_missing": ("reason", Text("请说明理由。", "Say why.")),
    "field_unknown": ("field", Text("没有可显示的字段“{c}”。", "There is no field “{c}” to be shown.")),
    "request_unknown": ("request", Text("没有申请 {n}。", "There is no request {n}.")),
    "request_ended": ("request", Text("申请 {n} 已办结。", "The request {n} has been dealt with.")),
}  # fmt: skip


def refused(code: str, **values: object) -> Refusal:
    """The refusal of that code, its sentence filled in."""
    field, text = _REFUSALS[code]
    return Refusal(code, text.format(**values), field=field)
