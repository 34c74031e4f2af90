-- What the database itself keeps of persons. Run as the owner; the application works as tanhui_app.

-- 1. Append only: what a person consented to, what was done with an account, and who looked at what.
CREATE FUNCTION persons_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'TH001';
END $$;

DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['persons_state_change', 'persons_verification', 'persons_notice', 'persons_consent',
                                'persons_guardianship', 'persons_reveal', 'persons_rights_event']
    LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION persons_refuse_change()', kept);
        EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION persons_refuse_change()', kept);
    END LOOP;
END $$;

-- Of a request the sealed part may be sealed anew, as when the cipher suite is switched; nothing else of it changes.
CREATE TRIGGER append_only BEFORE UPDATE ON persons_rights_request FOR EACH ROW
    WHEN ((OLD.id, OLD.person_id, OLD.kind, OLD.subject, OLD.made_at, OLD.due_on, OLD.detail IS NULL)
          IS DISTINCT FROM (NEW.id, NEW.person_id, NEW.kind, NEW.subject, NEW.made_at, NEW.due_on, NEW.detail IS NULL))
    EXECUTE FUNCTION persons_refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON persons_rights_request FOR EACH ROW EXECUTE FUNCTION persons_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON persons_rights_request FOR EACH STATEMENT EXECUTE FUNCTION persons_refuse_change();

-- 2. States: a step is taken by writing it down, and refused when the account is not where it says or may not go there.
--    The ledger's account follows in the same moment; what closing removes is removed here.
CREATE FUNCTION persons_hold(person bigint) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT state FROM participants_person WHERE id = person FOR UPDATE
$$;

CREATE FUNCTION persons_end_links(whose bigint, by_partner smallint, moment timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH ended AS (
        DELETE FROM participants_person_link AS l
        WHERE l.person_id = whose AND (by_partner IS NULL OR l.consent_id IN (
            SELECT c.id FROM persons_consent AS c WHERE c.person_id = whose AND c.partner_id = by_partner))
        RETURNING l.subject, l.namespace
    )
    INSERT INTO persons_ended_link (subject, namespace, ended_at, ended_in)
    SELECT subject, namespace, moment, pg_current_xact_id()::text::bigint FROM ended
$$;
REVOKE EXECUTE ON FUNCTION persons_end_links FROM PUBLIC;

CREATE FUNCTION persons_apply_state() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    now_state text;
    now_until timestamptz;
BEGIN
    SELECT state, state_until INTO now_state, now_until FROM participants_person WHERE id = NEW.person_id FOR UPDATE;
    IF now_state IS DISTINCT FROM NEW.from_state OR (NEW.from_state, NEW.to_state) NOT IN (
        ('active', 'frozen'), ('frozen', 'active'), ('active', 'closing'), ('closing', 'active'), ('closing', 'frozen'),
        ('closing', 'closed')
    ) THEN
        RAISE EXCEPTION 'person %: % to % is refused, it is %', NEW.person_id, NEW.from_state, NEW.to_state, now_state
            USING ERRCODE = 'TH011';
    END IF;
    IF NEW.to_state = 'closed' AND NEW.at < now_until THEN
        RAISE EXCEPTION 'person % may think it over until %', NEW.person_id, now_until USING ERRCODE = 'TH012';
    END IF;
    UPDATE participants_person SET state = NEW.to_state, state_until = NEW.until WHERE id = NEW.person_id;
    UPDATE ledger_balance
    SET standing = array_position(ARRAY['active', 'frozen', 'closing', 'closed'], NEW.to_state) - 1
    WHERE person_id = NEW.person_id;
    IF NEW.to_state = 'closed' THEN
        PERFORM persons_end_links(NEW.person_id, NULL, NEW.at);
        DELETE FROM persons_sms_code AS c USING persons_identity AS i
        WHERE i.person_id = NEW.person_id AND c.phone_index = i.phone_index;
        DELETE FROM persons_identity WHERE person_id = NEW.person_id;
        DELETE FROM persons_one_time_code WHERE person_id = NEW.person_id;
        DELETE FROM persons_session WHERE person_id = NEW.person_id;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER apply_state BEFORE INSERT ON persons_state_change FOR EACH ROW EXECUTE FUNCTION persons_apply_state();

-- 3. Nothing is added to a person who is closed.
CREATE FUNCTION persons_refuse_closed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM participants_person WHERE id = NEW.person_id AND state <> 'closed' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'person % is closed', NEW.person_id USING ERRCODE = 'TH011';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refuse_closed BEFORE INSERT OR UPDATE ON persons_identity FOR EACH ROW EXECUTE FUNCTION persons_refuse_closed();
CREATE TRIGGER refuse_closed BEFORE INSERT ON persons_session FOR EACH ROW EXECUTE FUNCTION persons_refuse_closed();
CREATE TRIGGER refuse_closed BEFORE INSERT ON persons_one_time_code FOR EACH ROW EXECUTE FUNCTION persons_refuse_closed();

-- 4. Consents and links: a link by consent needs one that stands, and ends in the moment it is withdrawn.
CREATE FUNCTION persons_apply_consent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM participants_person WHERE id = NEW.person_id AND state <> 'closed' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'person % is closed', NEW.person_id USING ERRCODE = 'TH011';
    END IF;
    IF NEW.purpose = 'collect' AND NOT NEW.given THEN
        PERFORM persons_end_links(NEW.person_id, NEW.partner_id, NEW.at);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER apply_consent BEFORE INSERT ON persons_consent FOR EACH ROW EXECUTE FUNCTION persons_apply_consent();

CREATE FUNCTION persons_check_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM participants_person WHERE id = NEW.person_id AND state = 'active' FOR UPDATE;
    IF NOT FOUND OR NEW.consent_id IS DISTINCT FROM (
        SELECT CASE WHEN c.given THEN c.id END FROM persons_consent AS c
        JOIN persons_consent AS n ON (n.person_id, n.partner_id, n.purpose) = (c.person_id, c.partner_id, 'collect')
        WHERE n.id = NEW.consent_id AND n.person_id = NEW.person_id AND c.purpose = 'collect'
        ORDER BY c.id DESC LIMIT 1
    ) THEN
        RAISE EXCEPTION 'no consent of person % stands for this link', NEW.person_id USING ERRCODE = 'TH013';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_link BEFORE INSERT ON participants_person_link FOR EACH ROW
    WHEN (NEW.consent_id IS NOT NULL) EXECUTE FUNCTION persons_check_link();

-- 5. The application's rights. A state is changed by no other way than above.
REVOKE INSERT ON participants_person, persons_ended_link FROM tanhui_app;
GRANT INSERT (id, created_at) ON participants_person TO tanhui_app;
GRANT UPDATE (phone, phone_index, real_name, id_number, id_index, verified_at) ON persons_identity TO tanhui_app;
GRANT UPDATE (detail) ON persons_rights_request TO tanhui_app;
GRANT UPDATE (tries, used_at, delivered, serial) ON persons_sms_code TO tanhui_app;
GRANT UPDATE (used_at) ON persons_one_time_code TO tanhui_app;
GRANT UPDATE (seen_at, ended_at) ON persons_session TO tanhui_app;
GRANT DELETE ON persons_sms_code, persons_one_time_code, persons_code_claim, persons_session, persons_ended_link TO tanhui_app;
GRANT UPDATE (private) ON persons_signing_key TO tanhui_app;
