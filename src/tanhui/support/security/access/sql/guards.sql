-- What the database itself refuses of staff accounts, and the application's rights. Run as the owner; the application
-- works as tanhui_app. That nobody holds two administrators' roles is the index access_one_administrator_role.

-- 1. A role is of the account's own audience, and nobody gives one to themselves.
ALTER TABLE access_role_grant ADD CONSTRAINT access_role_staff_audience
    FOREIGN KEY (staff_id, audience) REFERENCES access_staff (id, audience);
ALTER TABLE access_role_grant ADD CONSTRAINT access_role_not_by_oneself CHECK (granted_by <> 'staff:' || staff_id);

-- 2. What happened stays: the log of sign-ins is append only; a grant ends once, and is not begun again.
CREATE FUNCTION access_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'access keeps what happened: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'TH001';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON access_sign_in FOR EACH ROW EXECUTE FUNCTION access_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON access_sign_in FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON access_role_grant FOR EACH ROW EXECUTE FUNCTION access_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON access_role_grant FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_change();
CREATE TRIGGER ended_once BEFORE UPDATE ON access_role_grant FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION access_refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE ON access_staff FOR EACH ROW EXECUTE FUNCTION access_refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON access_staff FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_change();

-- 3. Used one-time codes and the rates of attempts, seen by every process: Django's database cache.
CREATE TABLE access_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX access_cache_expires ON access_cache (expires);

-- 4. The application's rights. The columns that say who an account is are never changed.
GRANT SELECT, INSERT ON access_staff, access_role_grant, access_sign_in, access_cache TO tanhui_app;
GRANT UPDATE (password, last_login, name, language, is_active, enrol_until, password_expires_at) ON access_staff TO tanhui_app;
GRANT UPDATE (revoked_at, revoked_by) ON access_role_grant TO tanhui_app;
GRANT UPDATE, DELETE ON access_cache, django_session, usersessions_usersession, mfa_authenticator TO tanhui_app;
GRANT UPDATE, DELETE ON axes_accessattempt, axes_accessattemptexpiration TO tanhui_app;
REVOKE INSERT ON auth_group, auth_permission, auth_group_permissions, account_emailaddress, account_emailconfirmation FROM tanhui_app;
