-- A policy sees a row as it becomes and not as it was: which step follows which is kept here.
CREATE FUNCTION recovery_step() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'that step does not follow';
END $$;
CREATE TRIGGER recovery_steps BEFORE UPDATE ON recovery FOR EACH ROW
WHEN (OLD.account_id <> NEW.account_id OR OLD.for_staff <> NEW.for_staff OR OLD.key <> NEW.key
  OR OLD.state IN ('refused', 'withdrawn', 'done')
  -- The second of two adds to what the first one said, and says it of nobody else.
  OR (NEW.state = 'approved' AND NEW.for_staff
      AND (OLD.state NOT IN ('vouched', 'approved') OR OLD.vouched_by <> NEW.vouched_by OR OLD.vouched_at <> NEW.vouched_at))
  -- A code is counted, and the person comes back, only by what somebody has decided.
  OR ((NEW.state = 'done' OR (NEW.state = 'approved' AND NEW.wrong_codes > 0))
      AND (OLD.state <> 'approved' OR OLD.proof <> NEW.proof OR OLD.decided_by <> NEW.decided_by
           OR OLD.decided_at <> NEW.decided_at OR OLD.ends_at <> NEW.ends_at OR OLD.evidence <> NEW.evidence)))
EXECUTE FUNCTION recovery_step();
