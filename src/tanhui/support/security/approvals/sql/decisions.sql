-- Which decision may follow which, and by whom. Run as the owner; the application works as tanhui_app, which may write
-- drafts and add decisions, and nothing else: the stage follows from the decisions, as a balance does from postings.

-- 1. A proposal begins as a draft. Its author may change it until it is entered; from then on it stays as it is.
CREATE FUNCTION approvals_guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.stage <> 'draft' OR NEW.digest <> '' THEN
            RAISE EXCEPTION 'a proposal begins as a draft' USING ERRCODE = 'TH032';
        END IF;
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' THEN
        IF pg_trigger_depth() > 1 THEN  -- a decision moves the stage, and nothing but the trigger below may
            RETURN NEW;
        END IF;
        IF OLD.stage = 'draft' AND NEW.stage = 'draft' AND NEW.digest = '' AND (NEW.id, NEW.kind, NEW.author, NEW.created_at)
           IS NOT DISTINCT FROM (OLD.id, OLD.kind, OLD.author, OLD.created_at) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was entered does not change: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'TH032';
END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE OR DELETE ON approvals_proposal FOR EACH ROW EXECUTE FUNCTION approvals_guard_proposal();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON approvals_proposal FOR EACH STATEMENT EXECUTE FUNCTION approvals_guard_proposal();

-- 2. The hash of all that is agreed to.
CREATE FUNCTION approvals_digest(p approvals_proposal) RETURNS text LANGUAGE sql STABLE
SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(p.kind, p.subject, p.payload, p.diff, p.effect, p.reason, p.effective_at,
                                                      p.author)::text, 'UTF8')), 'hex')
$$;

-- 3. A decision is taken over what was entered, in order, and each by somebody else.
CREATE FUNCTION approvals_decide() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p approvals_proposal;
    next text;
BEGIN
    SELECT * INTO p FROM approvals_proposal WHERE id = NEW.proposal_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such proposal' USING ERRCODE = 'TH033';
    END IF;
    next := CASE
        WHEN NEW.step = 'enter' AND p.stage = 'draft' THEN 'entered'
        WHEN NEW.step = 'review' AND p.stage = 'entered' THEN 'reviewed'
        WHEN NEW.step = 'approve' AND p.stage = 'reviewed' THEN 'approved'
        WHEN NEW.step = 'reject' AND p.stage IN ('entered', 'reviewed') THEN 'rejected'
        WHEN NEW.step = 'withdraw' AND p.stage IN ('draft', 'entered', 'reviewed', 'approved') THEN 'withdrawn'
        WHEN NEW.step = 'apply' AND p.stage = 'approved' THEN 'applied'
        WHEN NEW.step = 'refuse' AND p.stage = 'approved' THEN 'refused'
    END;
    IF next IS NULL THEN
        RAISE EXCEPTION 'a proposal that is % cannot be followed by %', p.stage, NEW.step USING ERRCODE = 'TH033';
    END IF;
    IF (NEW.step IN ('enter', 'withdraw')) <> (NEW."by" IS NOT DISTINCT FROM p.author) THEN
        RAISE EXCEPTION 'only the author enters and withdraws, and only others decide' USING ERRCODE = 'TH031';
    END IF;
    IF NEW.step = 'approve' AND EXISTS (
        SELECT FROM approvals_decision AS d WHERE d.proposal_id = p.id AND d.step = 'review' AND d."by" = NEW."by") THEN
        RAISE EXCEPTION 'who reviewed does not approve' USING ERRCODE = 'TH031';
    END IF;
    IF NEW.step IN ('apply', 'refuse') AND NEW.decided_at < p.effective_at THEN
        RAISE EXCEPTION 'it is not due yet' USING ERRCODE = 'TH033';
    END IF;
    IF NEW.step = 'enter' THEN
        p.digest := approvals_digest(p);
        NEW.digest := p.digest;
    ELSIF p.stage <> 'draft' AND NEW.digest IS DISTINCT FROM approvals_digest(p) THEN
        RAISE EXCEPTION 'decided over other content than was entered' USING ERRCODE = 'TH034';
    END IF;
    UPDATE approvals_proposal SET stage = next, digest = p.digest WHERE id = p.id;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION approvals_decide() FROM PUBLIC;
CREATE TRIGGER decided BEFORE INSERT ON approvals_decision FOR EACH ROW EXECUTE FUNCTION approvals_decide();

CREATE FUNCTION approvals_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decision stands: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'TH032';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON approvals_decision FOR EACH ROW EXECUTE FUNCTION approvals_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON approvals_decision FOR EACH STATEMENT EXECUTE FUNCTION approvals_refuse_change();
ALTER TABLE approvals_proposal ENABLE ALWAYS TRIGGER guarded, ENABLE ALWAYS TRIGGER never_truncated;
ALTER TABLE approvals_decision ENABLE ALWAYS TRIGGER decided, ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER never_truncated;

GRANT UPDATE (subject, payload, diff, effect, reason, effective_at) ON approvals_proposal TO tanhui_app;
