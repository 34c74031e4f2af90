"""The words of organizations: roles of clause 6, kinds of redeemers, states, documents, with their names in both languages."""

from tanhui.core.text import Text

PARTNER, REDEEMER, AUTHORITY = "partner", "redeemer", "authority"

ROLES = {
    "operator": Text("平台运营管理方", "operator"),
    PARTNER: Text("第三方应用合作方", "partner"),
    REDEEMER: Text("个人绿色积分消纳方", "redeemer"),
    "payment": Text("平台支付结算机构", "payment institution"),
    "circulation": Text("绿色积分流通组织", "circulation organization"),
    AUTHORITY: Text("主管部门", "authority"),
    "enterprise": Text("企业", "enterprise"),
}

REDEEMER_KINDS = {
    "commercial": Text("商业", "commercial"),
    "charity": Text("公益", "charity"),
    "financial": Text("金融", "financial"),
}

STATES = {
    "applied": Text("已申请", "applied"),
    "qualified": Text("资质通过", "qualified"),
    "agreed": Text("已签约", "under agreement"),
    "sandbox": Text("沙箱联调", "in the sandbox"),
    "conformant": Text("测试通过", "conformant"),
    "live": Text("已上线", "live"),
    "suspended": Text("已暂停", "suspended"),
    "ended": Text("已终止", "ended"),
}

CAUSES = {
    "qualification": Text("资质到期或缺失", "a qualification has run out"),
    "agreement": Text("协议到期", "the agreement has run out"),
    "operator": Text("运营方决定", "the operator's decision"),
}

AGREEMENT = "agreement"
DOCUMENTS = {
    "business_licence": Text("营业执照", "business licence"),
    "charity_registration": Text("慈善组织登记证书", "registration as a charity"),
    "financial_licence": Text("金融许可证", "financial licence"),
    "payment_licence": Text("支付业务许可证", "payment licence"),
    "authority_certificate": Text("机关法人证书", "certificate of the authority"),
    "security_assessment": Text("网络安全等级保护备案证明", "filing of security protection"),
    "power_of_attorney": Text("授权委托书", "power of attorney"),
    AGREEMENT: Text("合作协议", "agreement"),
    "other": Text("其他", "other"),
}

DUTIES = {
    "business": Text("业务", "business"),
    "technical": Text("技术", "technical"),
    "privacy": Text("个人信息保护", "privacy"),
}
