"""Which tables the audit trail is kept of: one line a table, and a reason where it is not. `prepare` hangs it on them.

Every table of ours must stand here; a test says so, and another that what is said to be append-only is so in the database.
Columns with personal data, secrets or their hashes are `sealed`: the trail says that they changed, never what to.
"""

from tanhui.support.security.audit.types import AppendOnly, Audited, Exempt, Register

# Its `only` column apart, a balance follows from postings and transfers, and is proved from them.
AUDITED: Register = (
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
    Audited("collect_quarantined_row", sealed=("raw", "detail_zh", "detail_en"), inserts="counted"),
)
