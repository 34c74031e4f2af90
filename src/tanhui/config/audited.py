"""Which tables the audit trail is kept of: one line a table, and a reason where it is not. `prepare` hangs it on them.

Every table of ours must stand here; a test says so, and another that what is said to be append-only is so in the database.
Columns with personal data, secrets or their hashes are `sealed`: the trail says that they changed, never what to.
"""

from tanhui.support.security.audit.types import AppendOnly, Audited, Exempt, Register

# Its `only` column apart, a balance follows from postings and transfers, and is proved from them.
AUDITED: Register = (
    Audited("keys_data_key", key=("owner",), sealed=("wrapped",), inserts="counted"),
    Audited("keys_index_key", key=("field",), sealed=("wrapped",)),
    Audited("access_staff", sealed=("password",)),
    Audited("access_role_grant"),
    AppendOnly("access_sign_in"),
    Audited("mfa_authenticator", sealed=("data",)),
    Exempt("access_cache", because="used one-time codes and counted attempts, gone in minutes"),
    Audited("ledger_balance", key=("person_id",), only=("blocked",)),
    AppendOnly("ledger_batch"),
    AppendOnly("ledger_posting"),
    AppendOnly("ledger_reversal"),
    AppendOnly("ledger_operation"),
    AppendOnly("ledger_transfer"),
    Exempt("audit_event", because="the trail itself: the application has no right to write it"),
    Exempt("audit_seal", because="the trail's seals: likewise"),
    Audited("approvals_proposal", sealed=("payload", "diff", "effect")),
    AppendOnly("approvals_decision"),
    Audited("participants_partner"),
    AppendOnly("participants_person"),
    Audited("participants_person_link", key=("person_id",), sealed=("subject",), inserts="counted"),
    AppendOnly("participants_person_key"),
    AppendOnly("quantify_methodology_version"),
    AppendOnly("quantify_coefficient"),
    Audited("quantify_adopted_document"),
    Audited("points_rule"),
    Audited("collect_feed_run"),
    Exempt("django_session", because="the secret keys of sessions; sign-ins are in access_sign_in"),
    Exempt("usersessions_usersession", because="which sessions are open; sign-ins are in access_sign_in"),
    Exempt("axes_accessattempt", because="counted failures, gone when they end; failures are in access_sign_in"),
    Exempt("axes_accessattemptexpiration", because="when counted failures end"),
    AppendOnly("axes_accesslog"),
    AppendOnly("axes_accessfailurelog"),
    AppendOnly("auth_group"),
    AppendOnly("auth_group_permissions"),
    AppendOnly("auth_permission"),
    AppendOnly("account_emailaddress"),
    AppendOnly("account_emailconfirmation"),
    AppendOnly("django_content_type"),
    AppendOnly("django_migrations"),
    Audited("collect_quarantined_row", sealed=("raw", "detail_zh", "detail_en"), inserts="counted"),
)
