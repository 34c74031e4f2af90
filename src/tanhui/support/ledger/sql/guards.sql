-- What the database itself refuses, and the balances it keeps. Run as the owner; the application works as tanhui_app.

-- 1. Append only: nobody edits, deletes or truncates what was booked.
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'TH001';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_posting FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON ledger_posting FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON ledger_transfer FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_reversal FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON ledger_reversal FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_operation FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON ledger_operation FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_batch FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON ledger_batch FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON ledger_balance FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON ledger_balance FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER stays_closed BEFORE UPDATE OF standing ON ledger_balance FOR EACH ROW
    WHEN (OLD.standing = 3) EXECUTE FUNCTION ledger_refuse_change();

-- 2. Balances follow postings in the same statement. A posting carries its place in the person's account; when another
--    writer was there in between, the places no longer fit and the whole batch is refused, to be tried again. So is one that
--    books for an account that is closing or closed; of such an account records are only taken back.
CREATE FUNCTION ledger_apply_postings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    persons bigint;
    applied bigint;
    corrects boolean;
BEGIN
    WITH sums AS MATERIALIZED (
        SELECT person_id, sum(credited_mg)::bigint AS mg, sum(points_milli)::bigint AS milli, count(*) AS many,
               min(sequence) AS first, max(sequence) AS last,
               max(occurred_at + duration_s * interval '1 second') FILTER (WHERE kind <> 2) AS ended_at,
               bool_or(kind <> 1) AS corrects
        FROM fresh GROUP BY person_id ORDER BY person_id
    ), applying AS (
        UPDATE ledger_balance AS b
        SET reduction_mg = b.reduction_mg + s.mg, available_milli = b.available_milli + s.milli, postings = s.last,
            last_ended_at = greatest(b.last_ended_at, s.ended_at)
        FROM sums AS s
        WHERE b.person_id = s.person_id AND b.postings = s.first - 1 AND s.last - s.first + 1 = s.many
          AND (b.standing < 2 OR s.ended_at IS NULL) -- no end: nothing but reversals
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM sums), (SELECT count(*) FROM applying), (SELECT bool_or(s.corrects) FROM sums AS s)
    INTO persons, applied, corrects;
    IF persons <> applied THEN
        RAISE EXCEPTION 'another writer posted to one of these accounts' USING ERRCODE = '40001';
    END IF;
    IF corrects AND EXISTS (
        SELECT FROM fresh AS f WHERE f.kind <> 1 AND NOT EXISTS (
            SELECT FROM ledger_reversal AS r JOIN ledger_posting AS o ON o.key = r.reverses
            WHERE o.kind <> 2 AND o.person_id = f.person_id AND CASE f.kind
                WHEN 2 THEN r.key = f.key AND o.credited_mg = -f.credited_mg AND o.reduction_mg = -f.reduction_mg
                ELSE r.replaced_by = f.key END
        )
    ) THEN
        RAISE EXCEPTION 'a reversal takes back exactly one record, and only that is replaced' USING ERRCODE = 'TH005';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER apply_postings AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_apply_postings();

-- 3. Transfers of points: no overdraft by anything a person does; only a claw-back may leave less than nothing. A blocked
--    account spends nothing, nor does a frozen or closed one; a hold gives out no more than it holds, and nothing is clawed back of what did not expire.
CREATE FUNCTION ledger_apply_transfers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    persons bigint;
    applied bigint;
    overdrawn bigint;
    barred bigint;
BEGIN
    IF EXISTS (SELECT FROM fresh WHERE NOT EXISTS (SELECT FROM ledger_operation o WHERE o.key = fresh.operation)) THEN
        RAISE EXCEPTION 'a transfer needs its operation' USING ERRCODE = 'TH002';
    END IF;
    WITH sums AS MATERIALIZED (
        SELECT person_id,
               sum(CASE WHEN credit = 'available' THEN amount_milli WHEN debit = 'available' THEN -amount_milli ELSE 0 END)::bigint AS available,
               sum(CASE WHEN credit = 'held' THEN amount_milli WHEN debit = 'held' THEN -amount_milli ELSE 0 END)::bigint AS held,
               bool_or(debit = 'available' AND credit <> 'clawed_back') AS draws,
               bool_or(debit = 'available' AND credit IN ('held', 'retired')) AS spends
        FROM fresh GROUP BY person_id ORDER BY person_id
    ), applying AS (
        UPDATE ledger_balance AS b
        SET available_milli = b.available_milli + s.available, held_milli = b.held_milli + s.held
        FROM sums AS s WHERE b.person_id = s.person_id
        RETURNING b.person_id, b.available_milli, b.blocked OR b.standing IN (1, 3) AS barred, s.draws, s.spends
    )
    SELECT (SELECT count(*) FROM sums), count(*), min(person_id) FILTER (WHERE draws AND available_milli < 0),
           min(person_id) FILTER (WHERE spends AND applying.barred)
    INTO persons, applied, overdrawn, barred FROM applying;
    IF persons <> applied THEN
        RAISE EXCEPTION 'a transfer needs an account' USING ERRCODE = 'TH002';
    END IF;
    IF barred IS NOT NULL THEN
        RAISE EXCEPTION 'account % is blocked', barred USING ERRCODE = 'TH006';
    END IF;
    IF overdrawn IS NOT NULL THEN
        RAISE EXCEPTION 'account % would be overdrawn', overdrawn USING ERRCODE = 'TH003';
    END IF;
    IF EXISTS (
        SELECT FROM ledger_transfer AS t WHERE t.hold IN (SELECT hold FROM fresh WHERE debit = 'held')
        GROUP BY t.hold, t.person_id, t.expires_on
        HAVING sum(CASE WHEN t.credit = 'held' THEN t.amount_milli ELSE -t.amount_milli END) < 0
    ) THEN
        RAISE EXCEPTION 'a hold gives out no more than it holds' USING ERRCODE = 'TH004';
    END IF;
    IF EXISTS (
        SELECT FROM ledger_transfer AS t
        WHERE t.person_id IN (SELECT person_id FROM fresh WHERE debit = 'expired')
        GROUP BY t.person_id, t.expires_on
        HAVING sum(CASE WHEN t.credit = 'expired' THEN t.amount_milli WHEN t.debit = 'expired' THEN -t.amount_milli ELSE 0 END) < 0
    ) THEN
        RAISE EXCEPTION 'more clawed back than expired' USING ERRCODE = 'TH004';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER apply_transfers AFTER INSERT ON ledger_transfer REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_apply_transfers();

-- 4. Both sides of everything, per unit: what debits and credits a posting or transfer stands for.
CREATE VIEW ledger_entry AS
    SELECT key AS voucher, 'mgCO2e' AS unit, 'issued' AS account, NULL::bigint AS person_id, -credited_mg AS amount FROM ledger_posting
  UNION ALL
    SELECT key, 'mgCO2e', 'carbon', person_id, credited_mg FROM ledger_posting
  UNION ALL
    SELECT key, 'milli-point', 'issued', NULL, -points_milli FROM ledger_posting WHERE points_milli <> 0
  UNION ALL
    SELECT key, 'milli-point', 'available', person_id, points_milli FROM ledger_posting WHERE points_milli <> 0
  UNION ALL
    SELECT operation, 'milli-point', debit, person_id, -amount_milli FROM ledger_transfer
  UNION ALL
    SELECT operation, 'milli-point', credit, person_id, amount_milli FROM ledger_transfer;

-- 5. The storage of what is updated all the time, and the application's rights.
ALTER TABLE ledger_balance SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
-- Postings lie in the order of their batches: nearly nothing to keep, and a period's batches are found without reading all.
CREATE INDEX ledger_posting_batch ON ledger_posting USING brin (batch_id) WITH (pages_per_range = 64);
CREATE INDEX ledger_batch_of ON ledger_batch (partner_id, booked_at);

GRANT USAGE ON SCHEMA public TO tanhui_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO tanhui_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO tanhui_app;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO tanhui_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO tanhui_app;
REVOKE INSERT ON ledger_balance, django_migrations FROM tanhui_app;
GRANT INSERT (person_id), UPDATE (blocked) ON ledger_balance TO tanhui_app;
