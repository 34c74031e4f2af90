"""How many of a partner's rows were not accepted, and why."""

from datetime import datetime

from django.db import connection


def refused_by_reason(partner_id: int, *, since: datetime, until: datetime) -> dict[str, int]:
    """The rows of a partner refused, or in conflict, from `since` until before `until`, by reason; corrected ones count, too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reason, count(*) FROM collect_quarantined_row WHERE partner_id = %s AND created_at >= %s AND created_at < %s "
            "GROUP BY reason ORDER BY count(*) DESC, reason",
            [partner_id, since, until],
        )
        return {reason: int(many) for reason, many in cursor.fetchall()}
