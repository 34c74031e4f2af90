-- What the database itself refuses of organizations, and the application's rights. Run as the owner; the application works as
-- tanhui_app. What may follow upon what stands here alone: the application asks participants_step_refusal before it tries.

-- 1. What an organization is.
ALTER TABLE participants_organization
    ADD CONSTRAINT participants_organization_role CHECK (
        role IN ('operator', 'partner', 'redeemer', 'payment', 'circulation', 'authority', 'enterprise')),
    ADD CONSTRAINT participants_organization_kind CHECK (
        (role = 'redeemer' AND kind IN ('commercial', 'charity', 'financial')) OR (role <> 'redeemer' AND kind = '')),
    ADD CONSTRAINT participants_organization_region CHECK ((role = 'authority') = (region <> '')),
    ADD CONSTRAINT participants_organization_state CHECK (
        state IN ('applied', 'qualified', 'agreed', 'sandbox', 'conformant', 'live', 'suspended', 'ended')),
    ADD CONSTRAINT participants_organization_cause CHECK (
        (state = 'suspended') = (state_cause <> '') AND state_cause IN ('', 'qualification', 'agreement', 'operator'));
ALTER TABLE participants_partner
    ADD CONSTRAINT participants_partner_of CHECK (
        kind IN ('file', 'api', 'virtual', 'onboarded') AND (kind = 'onboarded') = (organization_id IS NOT NULL));
ALTER TABLE participants_document
    ADD CONSTRAINT participants_document_days CHECK (valid_until IS NULL OR valid_until > valid_from);
ALTER TABLE participants_document_review
    ADD CONSTRAINT participants_returned_with_reason CHECK (accepted OR reason <> '');
ALTER TABLE participants_agreement
    ADD CONSTRAINT participants_agreement_days CHECK (term_until IS NULL OR term_until > term_from),
    ADD CONSTRAINT participants_agreement_consent CHECK (consent IN ('platform', 'partner'));
ALTER TABLE participants_signature
    ADD CONSTRAINT participants_signature_side CHECK (side IN ('operator', 'organization'));
ALTER TABLE participants_ticket
    ADD CONSTRAINT participants_ticket_words CHECK (
        priority IN ('low', 'normal', 'high', 'urgent') AND state IN ('open', 'resolved', 'closed')
        AND turn IN ('operator', 'organization') AND about IN ('', 'record', 'run', 'quarantine') AND (about = '') = (reference = ''));

-- 2. What each role has to show, and what is missing of it on a day.
CREATE FUNCTION participants_required_documents(role text, kind text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN role = 'redeemer' AND kind = 'charity' THEN ARRAY['charity_registration']
        WHEN role = 'redeemer' AND kind = 'financial' THEN ARRAY['business_licence', 'financial_licence']
        WHEN role = 'payment' THEN ARRAY['business_licence', 'payment_licence']
        WHEN role = 'authority' THEN ARRAY['authority_certificate']
        ELSE ARRAY['business_licence']
    END
$$;

CREATE FUNCTION participants_missing_documents(of_organization integer, on_day date) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(needed ORDER BY needed), '{}')
    FROM participants_organization AS o, unnest(participants_required_documents(o.role, o.kind)) AS needed
    WHERE o.id = of_organization AND NOT EXISTS (
        SELECT FROM participants_document AS d JOIN participants_document_review AS r ON r.document_id = d.id
        WHERE d.organization_id = o.id AND d.kind = needed AND r.accepted
          AND d.valid_from <= on_day AND (d.valid_until IS NULL OR d.valid_until > on_day))
$$;

-- The latest version signed by both sides whose term has begun, and not ended, by that day.
CREATE FUNCTION participants_agreement_on(of_organization integer, on_day date) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT a.id FROM participants_agreement AS a
    WHERE a.organization_id = of_organization AND a.term_from <= on_day AND (a.term_until IS NULL OR a.term_until > on_day)
      AND (SELECT count(*) FROM participants_signature AS s WHERE s.agreement_id = a.id) = 2
    ORDER BY a.version DESC LIMIT 1
$$;

-- 3. The way of an organization: why it may not come to that state on that day, or null.
CREATE FUNCTION participants_step_refusal(of_organization integer, wanted text, on_day date) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
    o participants_organization;
    docks boolean;
BEGIN
    SELECT * INTO STRICT o FROM participants_organization WHERE id = of_organization;
    docks := o.role IN ('partner', 'redeemer', 'payment', 'circulation');
    IF NOT ((o.state, wanted) IN (('applied', 'qualified'), ('qualified', 'agreed'), ('live', 'suspended'), ('suspended', 'live'))
        OR (docks AND (o.state, wanted) IN (('agreed', 'sandbox'), ('sandbox', 'conformant'), ('conformant', 'live')))
        OR (NOT docks AND (o.state, wanted) IN (('agreed', 'live')))
        OR (wanted = 'ended' AND o.state <> 'ended')) THEN
        RETURN 'step_out_of_order';
    END IF;
    IF wanted IN ('qualified', 'live') AND participants_missing_documents(o.id, on_day) <> '{}' THEN
        RETURN 'documents_missing';
    END IF;
    IF wanted = 'agreed' AND NOT EXISTS (
        SELECT FROM participants_agreement AS a WHERE a.organization_id = o.id AND (a.term_until IS NULL OR a.term_until > on_day)
          AND (SELECT count(*) FROM participants_signature AS s WHERE s.agreement_id = a.id) = 2) THEN
        RETURN 'agreement_unsigned';
    END IF;
    IF wanted = 'live' AND participants_agreement_on(o.id, on_day) IS NULL THEN
        RETURN 'agreement_not_in_force';
    END IF;
    IF wanted = 'conformant' AND NOT coalesce((
        SELECT c.passed FROM participants_conformance_run AS c
        WHERE c.organization_id = o.id AND c.at >= o.state_at ORDER BY c.at DESC, c.id DESC LIMIT 1), false) THEN
        RETURN 'conformance_missing';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION participants_guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refusal text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        refusal := CASE WHEN NEW.state <> 'applied' THEN 'step_out_of_order' END;
    ELSIF NEW.state = OLD.state THEN
        refusal := CASE WHEN (NEW.state_at, NEW.state_by, NEW.state_cause, NEW.state_reason)
            IS DISTINCT FROM (OLD.state_at, OLD.state_by, OLD.state_cause, OLD.state_reason) THEN 'history_rewritten' END;
    ELSIF NEW.state_at < OLD.state_at THEN
        refusal := 'step_back_in_time';
    ELSE
        refusal := participants_step_refusal(OLD.id, NEW.state, (NEW.state_at AT TIME ZONE 'Asia/Shanghai')::date);
    END IF;
    IF refusal IS NOT NULL THEN
        RAISE EXCEPTION 'an organization cannot become %: %', NEW.state, refusal USING ERRCODE = 'TH010';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_step BEFORE INSERT OR UPDATE ON participants_organization FOR EACH ROW EXECUTE FUNCTION participants_guard_step();

CREATE FUNCTION participants_write_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO participants_organization_step (organization_id, from_state, to_state, at, by, cause, reason)
    VALUES (NEW.id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.state ELSE '' END, NEW.state, NEW.state_at, NEW.state_by, NEW.state_cause,
            NEW.state_reason);
    RETURN NULL;
END $$;
CREATE TRIGGER write_first_step AFTER INSERT ON participants_organization FOR EACH ROW EXECUTE FUNCTION participants_write_step();
CREATE TRIGGER write_step AFTER UPDATE ON participants_organization FOR EACH ROW
    WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION participants_write_step();

-- 4. Nobody finds their own document right, and nobody signs for the operator what they wrote themselves.
CREATE FUNCTION participants_guard_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM participants_document WHERE id = NEW.document_id AND by = NEW."by") THEN
        RAISE EXCEPTION 'nobody reviews their own document' USING ERRCODE = 'TH011';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_review BEFORE INSERT ON participants_document_review FOR EACH ROW EXECUTE FUNCTION participants_guard_review();

CREATE FUNCTION participants_guard_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM participants_agreement AS a JOIN participants_document AS d ON d.id = a.document_id
        WHERE a.id = NEW.agreement_id AND d.digest = NEW.digest) THEN
        RAISE EXCEPTION 'another text was signed' USING ERRCODE = 'TH012';
    END IF;
    IF NEW.side = 'operator' AND EXISTS (SELECT FROM participants_agreement WHERE id = NEW.agreement_id AND by = NEW."by") THEN
        RAISE EXCEPTION 'nobody signs for the operator what they entered' USING ERRCODE = 'TH011';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_signature BEFORE INSERT ON participants_signature FOR EACH ROW EXECUTE FUNCTION participants_guard_signature();

CREATE FUNCTION participants_guard_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.organization_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM participants_organization WHERE id = NEW.organization_id AND role = 'partner' AND code = NEW.code) THEN
        RAISE EXCEPTION 'that organization is no partner of that code' USING ERRCODE = 'TH013';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_partner BEFORE INSERT OR UPDATE ON participants_partner FOR EACH ROW EXECUTE FUNCTION participants_guard_partner();

-- 5. A ticket is closed once it is resolved, and then stays closed.
CREATE FUNCTION participants_guard_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'closed' OR (NEW.state = 'closed' AND OLD.state <> 'resolved') OR NEW.level < OLD.level THEN
        RAISE EXCEPTION 'a ticket that is % cannot become %', OLD.state, NEW.state USING ERRCODE = 'TH014';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_ticket BEFORE UPDATE OF state, turn, due_at, level, priority, changed_at ON participants_ticket
    FOR EACH ROW EXECUTE FUNCTION participants_guard_ticket();

-- 6. What happened stays. Sealed columns alone may be written again, to seal them anew.
CREATE FUNCTION participants_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what happened stays: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'TH001';
END $$;
DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['organization', 'organization_step', 'contact', 'document', 'document_part', 'document_review', 'reminder',
        'agreement', 'signature', 'conformance_run', 'ticket', 'ticket_message'] LOOP
        EXECUTE format('CREATE TRIGGER never_deleted BEFORE DELETE ON participants_%s FOR EACH ROW EXECUTE FUNCTION participants_refuse_change()', kept);
        EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON participants_%s FOR EACH STATEMENT EXECUTE FUNCTION participants_refuse_change()', kept);
    END LOOP;
    FOREACH kept IN ARRAY ARRAY['organization_step', 'document', 'document_review', 'reminder', 'agreement', 'conformance_run'] LOOP
        EXECUTE format('CREATE TRIGGER never_changed BEFORE UPDATE ON participants_%s FOR EACH ROW EXECUTE FUNCTION participants_refuse_change()', kept);
    END LOOP;
END $$;
CREATE TRIGGER never_changed BEFORE UPDATE OF document_id, place ON participants_document_part
    FOR EACH ROW EXECUTE FUNCTION participants_refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OF agreement_id, side, digest, signed_at, by, at ON participants_signature
    FOR EACH ROW EXECUTE FUNCTION participants_refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OF ticket_id, side, act, by, at ON participants_ticket_message
    FOR EACH ROW EXECUTE FUNCTION participants_refuse_change();

-- 7. The application's rights.
REVOKE INSERT ON participants_organization_step FROM tanhui_app;
GRANT UPDATE (state, state_at, state_by, state_cause, state_reason) ON participants_organization TO tanhui_app;
GRANT UPDATE (kind, name, organization_id, agreement_from, agreement_until) ON participants_partner TO tanhui_app;
GRANT UPDATE (name, phone, email) ON participants_contact TO tanhui_app;
GRANT UPDATE (content) ON participants_document_part TO tanhui_app;
GRANT UPDATE (signer) ON participants_signature TO tanhui_app;
GRANT UPDATE (subject, priority, state, turn, due_at, level, changed_at) ON participants_ticket TO tanhui_app;
GRANT UPDATE (text) ON participants_ticket_message TO tanhui_app;
