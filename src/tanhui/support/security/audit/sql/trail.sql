-- The trail: what writes it, what keeps it, and what seals it. Run as the owner; the application works as tanhui_app.

-- 1. Rows as the trail keeps them. Sealed columns are named as changed, never with a value.
CREATE FUNCTION audit_masked(row_now jsonb, sealed text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(c.key, CASE WHEN c.key = ANY (sealed) AND c.value <> 'null' THEN '"(changed)"' ELSE c.value END), '{}')
    FROM jsonb_each(row_now) AS c
$$;

-- What of `row_now` is not as in `other`.
CREATE FUNCTION audit_difference(row_now jsonb, other jsonb, sealed text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_object_agg(c.key, CASE WHEN c.key = ANY (sealed) AND c.value <> 'null' THEN '"(changed)"' ELSE c.value END)
    FROM jsonb_each(row_now) AS c WHERE c.value IS DISTINCT FROM other -> c.key
$$;

CREATE FUNCTION audit_key(row_now jsonb, keys text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(row_now ->> k.name, ',' ORDER BY k.place) FROM unnest(keys) WITH ORDINALITY AS k(name, place)
$$;

-- 2. One function writes for every table. Its arguments: key columns, sealed columns, and `rows` or `counted` (inserts of
--    a table filled in bulk are one event with their number; the rows themselves are there to be read).
--    It is the owner's, so that it may write where the application may not; nobody else may hang it on a table.
CREATE FUNCTION audit_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    keys text[] := string_to_array(TG_ARGV[0], ',');
    sealed text[] := string_to_array(TG_ARGV[1], ',');
    now_at timestamptz := clock_timestamp();
    in_transaction bigint := pg_current_xact_id()::text::bigint;
    who text := coalesce(current_setting('tanhui.actor', true), '');
    why text := coalesce(current_setting('tanhui.reason', true), '');
    asked text := coalesce(current_setting('tanhui.request', true), '');
    many bigint;
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        INSERT INTO audit_event (at, transaction, table_name, operation, row_key, before, after, actor, reason, request, login)
        VALUES (now_at, in_transaction, TG_TABLE_NAME, 'update', audit_key(to_jsonb(NEW), keys),
                audit_difference(to_jsonb(OLD), to_jsonb(NEW), sealed), audit_difference(to_jsonb(NEW), to_jsonb(OLD), sealed),
                who, why, asked, session_user);
        RETURN NULL;
    END IF;
    CASE TG_OP
    WHEN 'INSERT' THEN
        IF TG_ARGV[2] = 'counted' THEN
            SELECT count(*) INTO many FROM fresh;
            IF many > 0 THEN
                INSERT INTO audit_event (at, transaction, table_name, operation, row_key, before, after, actor, reason, request, login)
                VALUES (now_at, in_transaction, TG_TABLE_NAME, 'counted', '', NULL, jsonb_build_object('rows', many), who, why, asked, session_user);
            END IF;
        ELSE
            INSERT INTO audit_event (at, transaction, table_name, operation, row_key, before, after, actor, reason, request, login)
            SELECT now_at, in_transaction, TG_TABLE_NAME, 'insert', audit_key(n.j, keys), NULL, audit_masked(n.j, sealed), who, why, asked, session_user
            FROM (SELECT to_jsonb(f) AS j FROM fresh AS f) AS n ORDER BY 5;
        END IF;
    WHEN 'UPDATE' THEN
        INSERT INTO audit_event (at, transaction, table_name, operation, row_key, before, after, actor, reason, request, login)
        SELECT now_at, in_transaction, TG_TABLE_NAME, 'update', coalesce(o.k, n.k),
               CASE WHEN n.j IS NULL THEN audit_masked(o.j, sealed) ELSE audit_difference(o.j, n.j, sealed) END,
               CASE WHEN o.j IS NULL THEN audit_masked(n.j, sealed) ELSE audit_difference(n.j, o.j, sealed) END,
               who, why, asked, session_user
        FROM (SELECT a.j, audit_key(a.j, keys) AS k, row_number() OVER (PARTITION BY audit_key(a.j, keys) ORDER BY a.j) AS nth
              FROM (SELECT to_jsonb(s) AS j FROM stale AS s) AS a) AS o
        FULL JOIN (SELECT a.j, audit_key(a.j, keys) AS k, row_number() OVER (PARTITION BY audit_key(a.j, keys) ORDER BY a.j) AS nth
              FROM (SELECT to_jsonb(f) AS j FROM fresh AS f) AS a) AS n ON o.k = n.k AND o.nth = n.nth
        WHERE o.j IS DISTINCT FROM n.j ORDER BY 5;
    WHEN 'DELETE' THEN
        INSERT INTO audit_event (at, transaction, table_name, operation, row_key, before, after, actor, reason, request, login)
        SELECT now_at, in_transaction, TG_TABLE_NAME, 'delete', audit_key(o.j, keys), audit_masked(o.j, sealed), NULL, who, why, asked, session_user
        FROM (SELECT to_jsonb(s) AS j FROM stale AS s) AS o ORDER BY 5;
    WHEN 'TRUNCATE' THEN
        EXECUTE format('SELECT count(*) FROM %I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO many;
        INSERT INTO audit_event (at, transaction, table_name, operation, row_key, before, after, actor, reason, request, login)
        VALUES (now_at, in_transaction, TG_TABLE_NAME, 'truncate', '', jsonb_build_object('rows', many), NULL, who, why, asked, session_user);
    END CASE;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION audit_write() FROM PUBLIC;

-- 3. The trail stays. Only what is older than six months may go, and only the owner has the right to delete at all.
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_event' THEN
        IF OLD.at < clock_timestamp() - interval '6 months' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'an event of the trail is kept for six months' USING ERRCODE = 'TH011';
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'TH011';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_seal FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER never_truncated;
ALTER TABLE audit_seal ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER never_truncated;

REVOKE ALL ON audit_event, audit_seal FROM tanhui_app;
REVOKE ALL ON SEQUENCE audit_event_id_seq FROM tanhui_app;
GRANT SELECT ON audit_event, audit_seal TO tanhui_app;

-- 4. Seals: a chain of hashes over the events, so that one altered, added or taken out afterwards shows.
CREATE FUNCTION audit_digest(after_id bigint, until_id bigint, previous bytea, OUT events bigint, OUT newest_at timestamptz, OUT digest bytea)
LANGUAGE sql STABLE SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
    SELECT count(*), max(e.at), sha256(previous || coalesce(string_agg(
        sha256(convert_to(jsonb_build_array(e.id, e.at, e.transaction, e.table_name, e.operation, e.row_key, e.before, e.after,
                                            e.actor, e.reason, e.request, e.login)::text, 'UTF8')), ''::bytea ORDER BY e.id), ''::bytea))
    FROM audit_event AS e WHERE e.id > audit_digest.after_id AND e.id <= audit_digest.until_id
$$;

-- Seals all events that are there; the number of the seal, or null when there is nothing new. Waits for no writer: while
-- one is at work, it raises 55P03 and is to be called again.
CREATE FUNCTION audit_seal_events() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last audit_seal;
    newest bigint;
    sealing record;
BEGIN
    LOCK TABLE audit_event IN SHARE ROW EXCLUSIVE MODE NOWAIT;
    SELECT * INTO last FROM audit_seal ORDER BY number DESC LIMIT 1;
    SELECT max(id) INTO newest FROM audit_event WHERE id > coalesce(last.until_id, 0);
    IF newest IS NULL THEN
        RETURN NULL;
    END IF;
    sealing := audit_digest(coalesce(last.until_id, 0), newest, coalesce(last.digest, ''::bytea));
    INSERT INTO audit_seal (number, until_id, events, newest_at, previous, digest, sealed_at)
    VALUES (coalesce(last.number, 0) + 1, newest, sealing.events, sealing.newest_at, coalesce(last.digest, ''::bytea), sealing.digest, clock_timestamp());
    RETURN coalesce(last.number, 0) + 1;
END $$;
REVOKE ALL ON FUNCTION audit_seal_events() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_seal_events() TO tanhui_app;

-- What the owner did to the trail itself: hung it on a table, took it off, pruned it.
CREATE FUNCTION audit_note(noted_table text, noted text, what jsonb) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO audit_event (at, transaction, table_name, operation, row_key, before, after, actor, reason, request, login)
    VALUES (clock_timestamp(), pg_current_xact_id()::text::bigint, noted_table, noted, '', NULL, what,
            coalesce(current_setting('tanhui.actor', true), ''), coalesce(current_setting('tanhui.reason', true), ''),
            coalesce(current_setting('tanhui.request', true), ''), session_user)
$$;
REVOKE ALL ON FUNCTION audit_note(text, text, jsonb) FROM PUBLIC;

-- 5. Pruning: whole seals, the oldest first, whose newest event is older than `before`. The seals stay.
CREATE FUNCTION audit_prune(before timestamptz) RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    last bigint;
    many bigint;
BEGIN
    IF before > clock_timestamp() - interval '6 months' THEN
        RAISE EXCEPTION 'an event of the trail is kept for six months' USING ERRCODE = 'TH011';
    END IF;
    SELECT max(s.until_id) INTO last FROM audit_seal AS s
    WHERE s.newest_at < before AND NOT EXISTS (SELECT FROM audit_seal AS o WHERE o.number < s.number AND o.newest_at >= before);
    DELETE FROM audit_event WHERE id <= last;
    GET DIAGNOSTICS many = ROW_COUNT;
    IF many > 0 THEN
        PERFORM audit_note('audit_event', 'prune', jsonb_build_object('rows', many, 'until_id', last));
    END IF;
    RETURN many;
END $$;
REVOKE ALL ON FUNCTION audit_prune(timestamptz) FROM PUBLIC;
