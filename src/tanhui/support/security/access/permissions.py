"""The one table of who may do what: `audience:resource:action`, what it means, and the roles that hold it.

What is not in the table is denied, and so is every role that a line does not name. To add a permission, add a line and run
`make reference`. The audience says through whose door one comes: an operator's permission is about everybody's data, a
partner's, redeemer's or authority's about their own organization's (and regions), a person's about their own.
`system` is the platform itself: its jobs, and the command line of whoever has the machine.

The four steps of clause 8.4 are the actions `enter`, `review`, `approve` and `read`; that they are done by different people
is kept by the approvals.
"""

from typing import NamedTuple

from tanhui.core.text import Text
from tanhui.support.security.access.roles import ROLES


class Permission(NamedTuple):
    """One line of the table."""

    code: str
    name: Text
    roles: frozenset[str]


def _line(code: str, zh: str, en: str, roles: str) -> Permission:
    held = frozenset(roles.split())
    assert code.count(":") == 2, f"{code}: a permission is audience:resource:action"
    assert held <= set(ROLES), f"{code}: no such role: {', '.join(sorted(held - set(ROLES)))}"
    return Permission(code, Text(zh, en), held)


_READERS = "methodologist operations reviewer approver auditor analyst"

_LINES = (
    # Rules and what else passes through entry, review, approval (8.4)
    _line("operator:methodology:read", "查看方法学", "See methodologies", f"{_READERS} customer_service system"),
    _line("operator:methodology:enter", "录入方法学", "Enter a methodology", "methodologist"),
    _line("operator:methodology:review", "复核方法学", "Review a methodology", "reviewer"),
    _line("operator:methodology:approve", "审批方法学", "Approve a methodology", "approver"),
    _line("operator:factor:read", "查看排放因子", "See emission factors", f"{_READERS} customer_service system"),
    _line("operator:factor:enter", "录入排放因子", "Enter an emission factor", "methodologist"),
    _line("operator:factor:review", "复核排放因子", "Review an emission factor", "reviewer"),
    _line("operator:factor:approve", "审批排放因子", "Approve an emission factor", "approver"),
    _line("operator:conversion_rule:read", "查看积分转换规则", "See conversion rules", f"{_READERS} finance customer_service system"),
    _line("operator:conversion_rule:enter", "录入积分转换规则", "Enter a conversion rule", "finance"),
    _line("operator:conversion_rule:review", "复核积分转换规则", "Review a conversion rule", "reviewer"),
    _line("operator:conversion_rule:approve", "审批积分转换规则", "Approve a conversion rule", "approver"),
    _line("operator:correction:read", "查看更正", "See corrections", f"{_READERS} finance customer_service system"),
    _line("operator:correction:enter", "录入更正", "Enter a correction", "operations customer_service"),
    _line("operator:correction:review", "复核更正", "Review a correction", "reviewer"),
    _line("operator:correction:approve", "审批更正", "Approve a correction", "approver"),
    _line("operator:shelf_item:read", "查看上架项目", "See shelf items", f"{_READERS} finance customer_service system"),
    _line("operator:shelf_item:enter", "录入上架项目", "Enter a shelf item", "operations"),
    _line("operator:shelf_item:review", "复核上架项目", "Review a shelf item", "reviewer"),
    _line("operator:shelf_item:approve", "审批上架项目", "Approve a shelf item", "approver"),
    _line("operator:agreement:read", "查看协议", "See agreements", f"{_READERS} finance customer_service system"),
    _line("operator:agreement:enter", "录入协议", "Enter an agreement", "operations"),
    _line("operator:agreement:review", "复核协议", "Review an agreement", "reviewer"),
    _line("operator:agreement:approve", "审批协议", "Approve an agreement", "approver"),
    _line("operator:personal_export:read", "查看个人信息导出申请", "See requests to export personal data", "privacy_officer reviewer approver auditor"),
    _line("operator:personal_export:enter", "申请导出个人信息", "Ask to export personal data", "privacy_officer"),
    _line("operator:personal_export:review", "复核个人信息导出", "Review an export of personal data", "reviewer"),
    _line("operator:personal_export:approve", "审批个人信息导出", "Approve an export of personal data", "approver"),
    # Organizations, clause 6
    _line("operator:organization:read", "查看机构", "See organizations", f"{_READERS} finance customer_service system"),
    _line("operator:organization:enter", "登记机构", "Enter an organization", "operations system"),
    _line("operator:organization:suspend", "暂停或恢复机构", "Suspend or resume an organization", "operations system"),
    _line("operator:organization:end", "终止机构", "End an organization's part", "operations system"),
    _line("operator:conformance:record", "登记符合性测试结果", "Record a conformance run", "operations system"),
    _line("operator:qualification:read", "查看资质", "See qualifications", "operations reviewer approver auditor system"),
    _line("operator:qualification:review", "审查资质", "Review a qualification", "reviewer"),
    _line("operator:service_level:read", "查看服务水平", "See service levels", "operations auditor analyst system"),
    _line("operator:ticket:read", "查看工单", "See tickets", "operations customer_service auditor system"),
    _line("operator:ticket:write", "处理工单", "Work on tickets", "operations customer_service system"),
    _line("operator:credential:read", "查看合作方密钥（不含密文）", "See partners' keys (never the secret)", "security_admin operations auditor"),
    _line("operator:credential:issue", "签发合作方密钥", "Issue a partner's key", "security_admin system"),
    _line("operator:credential:revoke", "吊销合作方密钥", "Revoke a partner's key", "security_admin operations system"),
    # Records and accounts, clause 7
    _line("operator:activity:read", "查看活动记录", "See activity records", "operations customer_service auditor analyst"),
    _line("operator:activity:ingest", "导入活动数据", "Bring in activity data", "operations system"),
    _line("operator:quarantine:read", "查看被拒绝的记录", "See refused rows", "operations auditor"),
    _line("operator:quarantine:resubmit", "重新提交被拒绝的记录", "Resubmit refused rows", "operations system"),
    _line("operator:account:read", "查看个人碳账户", "See carbon accounts", "customer_service finance auditor"),
    _line("operator:points:read", "查看积分", "See points", "customer_service finance auditor"),
    _line("operator:points:block", "冻结或解冻账户积分", "Block or free an account's points", "finance system"),
    _line("operator:statistics:read", "查看统计", "See statistics", f"{_READERS} finance"),
    # Persons (6.5, 8.4): masked unless revealed with a reason
    _line("operator:person:read", "查看个人（脱敏）", "See persons, masked", "customer_service privacy_officer auditor"),
    _line("operator:person:reveal", "查看个人信息明文（须注明理由）", "Reveal personal data, with a reason", "customer_service privacy_officer"),
    _line("operator:person:freeze", "冻结或解冻个人账户", "Freeze or free a person", "customer_service privacy_officer system"),
    _line("operator:rights_request:read", "查看个人信息权利请求", "See requests by right", "privacy_officer customer_service auditor"),
    _line("operator:rights_request:handle", "处理个人信息权利请求", "Handle a request by right", "privacy_officer"),
    _line("operator:consent:read", "查看授权同意", "See consents", "privacy_officer customer_service auditor"),
    _line("operator:notice:publish", "发布告知文本", "Publish a notice", "privacy_officer system"),
    # The management centre: three administrators apart (GB/T 22239 level 3, 8.1.5)
    _line("operator:staff:read", "查看工作人员账户", "See staff accounts", "system_admin security_admin audit_admin system"),
    _line("operator:staff:add", "建立工作人员账户", "Add a staff account", "system_admin system"),
    _line("operator:staff:disable", "停用或启用工作人员账户", "Disable or enable a staff account", "system_admin system"),
    _line("operator:staff:reset_second_factor", "重置第二因素", "Reset a second factor", "security_admin system"),
    _line("operator:role:grant", "授予或收回角色", "Grant or revoke a role", "security_admin system"),
    _line("operator:key:rotate", "轮换密钥", "Rotate keys", "security_admin system"),
    _line("operator:setting:read", "查看系统设置", "See settings", "system_admin audit_admin"),
    _line("operator:setting:write", "修改系统设置", "Change settings", "system_admin system"),
    _line("operator:sign_in:read", "查看登录日志", "See the sign-in log", "audit_admin auditor system"),
    _line("operator:audit:read", "查看审计日志", "See the audit", "audit_admin auditor system"),
    _line("operator:audit:export", "导出审计日志", "Export the audit", "audit_admin system"),
    # A partner's own (6.2)
    _line("partner:activity:send", "上报活动记录", "Send activity records", "partner_machine"),
    _line("partner:activity:correct", "更正或撤销活动记录", "Correct or withdraw records", "partner_machine"),
    _line("partner:activity:read", "查询上报结果", "Look up what was sent", "partner_machine partner_admin partner_engineer partner_viewer"),
    _line("partner:change:read", "拉取变更流", "Read the feed of changes", "partner_machine partner_engineer"),
    _line("partner:file:send", "上传数据文件", "Upload a file", "partner_machine partner_engineer"),
    _line("partner:file:read", "查看导入报告", "See reports of files", "partner_machine partner_admin partner_engineer partner_viewer"),
    _line("partner:link:write", "建立用户关联", "Link users", "partner_machine"),
    _line("partner:webhook:read", "查看回调", "See webhooks", "partner_machine partner_admin partner_engineer"),
    _line("partner:webhook:write", "设置或重放回调", "Set or replay webhooks", "partner_machine partner_engineer"),
    _line("partner:sandbox:reset", "重置沙箱", "Reset the sandbox", "partner_machine partner_engineer"),
    _line("partner:credential:read", "查看本方密钥", "See own keys", "partner_admin partner_engineer"),
    _line("partner:credential:issue", "签发本方密钥", "Issue an own key", "partner_admin"),
    _line("partner:credential:revoke", "吊销本方密钥", "Revoke an own key", "partner_admin"),
    _line("partner:organization:read", "查看本机构", "See the own organization", "partner_admin partner_engineer partner_viewer"),
    _line("partner:application:write", "提交入驻申请与资质", "Apply, with documents", "partner_admin"),
    _line("partner:agreement:read", "查看本方协议", "See own agreements", "partner_admin partner_viewer"),
    _line("partner:agreement:sign", "签署本方协议", "Sign own agreements", "partner_admin"),
    _line("partner:ticket:read", "查看本方工单", "See own tickets", "partner_admin partner_engineer partner_viewer"),
    _line("partner:ticket:write", "提交或回复工单", "Write tickets", "partner_admin partner_engineer"),
    _line("partner:service_level:read", "查看本方服务水平", "See own service levels", "partner_admin partner_engineer partner_viewer"),
    # A redeemer's own (6.3)
    _line("redeemer:organization:read", "查看本机构", "See the own organization", "redeemer_admin redeemer_clerk"),
    _line("redeemer:application:write", "提交入驻申请与资质", "Apply, with documents", "redeemer_admin"),
    _line("redeemer:agreement:read", "查看本方协议", "See own agreements", "redeemer_admin"),
    _line("redeemer:agreement:sign", "签署本方协议", "Sign own agreements", "redeemer_admin"),
    _line("redeemer:ticket:read", "查看本方工单", "See own tickets", "redeemer_admin redeemer_clerk"),
    _line("redeemer:ticket:write", "提交或回复工单", "Write tickets", "redeemer_admin"),
    # Authorities, within their regions (8.2)
    _line("authority:statistics:read", "查看辖区统计", "See statistics of the regions", "authority_viewer authority_auditor"),
    _line("authority:methodology:read", "查看方法学", "See methodologies", "authority_viewer authority_auditor"),
    _line("authority:organization:read", "查看辖区机构", "See organizations of the regions", "authority_viewer authority_auditor"),
    _line("authority:record:read", "核查去标识记录", "Check records without names", "authority_auditor"),
    # A person's own (6.5)
    _line("person:account:read", "查看自己的碳账户", "See the own account", "person"),
    _line("person:consent:write", "授权或撤回同意", "Give or withdraw consent", "person"),
    _line("person:data:read", "查看和导出自己的信息", "See and export own data", "person"),
    _line("person:data:correct", "更正自己的信息", "Correct own data", "person"),
    _line("person:account:close", "注销账户", "Close the account", "person"),
)  # fmt: skip

PERMISSIONS = {line.code: line for line in _LINES}
assert len(PERMISSIONS) == len(_LINES), "a permission stands twice in the table"
