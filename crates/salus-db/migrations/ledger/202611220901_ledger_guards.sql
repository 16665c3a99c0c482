-- Nothing here is changed or deleted; an old entry may be emptied under a permit. This stops mistakes and injected SQL.
-- Somebody with the file and its key can drop these triggers: anchors outside the machine are for that.

CREATE TRIGGER entry_stays BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER entry_unchanged BEFORE UPDATE ON entry
WHEN NOT (
    NEW.canonical IS NULL
    AND NEW.chain_id IS OLD.chain_id
    AND NEW.seq IS OLD.seq
    AND NEW.leaf IS OLD.leaf
    AND NEW.head IS OLD.head
    AND NEW.recorded_at IS OLD.recorded_at
    AND NEW.kind IS OLD.kind
    AND NEW.action IS OLD.action
    AND NEW.account_id IS OLD.account_id
    AND NEW.patient_id IS OLD.patient_id
    AND NEW.request_id IS OLD.request_id
    AND EXISTS (SELECT 1 FROM purge_permit WHERE cutoff > OLD.recorded_at)
)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER entry_patient_stays BEFORE DELETE ON entry_patient
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entry_patient_unchanged BEFORE UPDATE ON entry_patient
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER checkpoint_stays BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER checkpoint_unchanged BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER manifest_stays BEFORE DELETE ON manifest
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER manifest_unchanged BEFORE UPDATE ON manifest
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER purge_permit_stays BEFORE DELETE ON purge_permit
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER purge_permit_unchanged BEFORE UPDATE ON purge_permit
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
