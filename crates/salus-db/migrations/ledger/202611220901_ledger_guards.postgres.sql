-- Nothing here is changed, deleted or truncated; an old entry may be emptied under a permit. The application's roles have
-- no grants for it either. The owner can drop these triggers: anchors outside the machine are for that.

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'the ledger is append-only';
END $$;

CREATE FUNCTION ledger_refuse_unless_purge() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.canonical IS NULL
       AND NEW.chain_id IS NOT DISTINCT FROM OLD.chain_id
       AND NEW.seq IS NOT DISTINCT FROM OLD.seq
       AND NEW.leaf IS NOT DISTINCT FROM OLD.leaf
       AND NEW.head IS NOT DISTINCT FROM OLD.head
       AND NEW.recorded_at IS NOT DISTINCT FROM OLD.recorded_at
       AND NEW.kind IS NOT DISTINCT FROM OLD.kind
       AND NEW.action IS NOT DISTINCT FROM OLD.action
       AND NEW.account_id IS NOT DISTINCT FROM OLD.account_id
       AND NEW.patient_id IS NOT DISTINCT FROM OLD.patient_id
       AND NEW.request_id IS NOT DISTINCT FROM OLD.request_id
       AND EXISTS (SELECT 1 FROM purge_permit WHERE cutoff > OLD.recorded_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'the ledger is append-only';
END $$;

CREATE TRIGGER entry_unchanged BEFORE UPDATE ON entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse_unless_purge();
CREATE TRIGGER entry_stays BEFORE DELETE ON entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER entry_not_truncated BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER entry_patient_stays BEFORE UPDATE OR DELETE ON entry_patient FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER entry_patient_not_truncated BEFORE TRUNCATE ON entry_patient FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER checkpoint_stays BEFORE UPDATE OR DELETE ON checkpoint FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER checkpoint_not_truncated BEFORE TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER manifest_stays BEFORE UPDATE OR DELETE ON manifest FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER manifest_not_truncated BEFORE TRUNCATE ON manifest FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER purge_permit_stays BEFORE UPDATE OR DELETE ON purge_permit FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER purge_permit_not_truncated BEFORE TRUNCATE ON purge_permit FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
