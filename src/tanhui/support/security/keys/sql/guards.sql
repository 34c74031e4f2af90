-- What the database itself refuses of keys. Run as the owner; the application works as tanhui_app.

CREATE FUNCTION keys_refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'keys are shredded, not removed: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'TH020';
END $$;

CREATE TRIGGER never_deleted BEFORE DELETE ON keys_data_key FOR EACH ROW EXECUTE FUNCTION keys_refuse_removal();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON keys_data_key FOR EACH STATEMENT EXECUTE FUNCTION keys_refuse_removal();
CREATE TRIGGER never_deleted BEFORE DELETE ON keys_index_key FOR EACH ROW EXECUTE FUNCTION keys_refuse_removal();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON keys_index_key FOR EACH STATEMENT EXECUTE FUNCTION keys_refuse_removal();

-- A tombstone stays one, and a key stays its owner's.
CREATE FUNCTION keys_keep_tombstones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.shredded_at IS NOT NULL OR NEW.owner <> OLD.owner OR NEW.created_at <> OLD.created_at THEN
        RAISE EXCEPTION 'the key of % was shredded, or would change hands', OLD.owner USING ERRCODE = 'TH021';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER keep_tombstones BEFORE UPDATE ON keys_data_key FOR EACH ROW EXECUTE FUNCTION keys_keep_tombstones();

-- Keys are wrapped anew at a rotation, and shredded.
GRANT UPDATE (wrapped, provider, provider_version, shredded_at) ON keys_data_key TO tanhui_app;
GRANT UPDATE (wrapped, provider, provider_version) ON keys_index_key TO tanhui_app;
