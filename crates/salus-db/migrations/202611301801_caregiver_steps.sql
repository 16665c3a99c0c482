-- A policy sees a row as it becomes and not as it was: which step follows which is kept here.
CREATE TRIGGER caregiver_steps BEFORE UPDATE ON caregiver_request
WHEN OLD.state IN ('refused', 'withdrawn', 'begun')
  -- Nothing is open again, and nothing begins that was not granted.
  OR (NEW.state = 'open' AND OLD.state <> 'open')
  OR (NEW.state = 'begun' AND OLD.state <> 'granted')
  -- Who asked adds nothing to what somebody at the desk has said, and takes nothing from it.
  OR (NEW.state IN ('begun', 'withdrawn')
      AND (OLD.decided_by IS DISTINCT FROM NEW.decided_by OR OLD.decided_at IS DISTINCT FROM NEW.decided_at
           OR OLD.patient_id IS DISTINCT FROM NEW.patient_id OR OLD.evidence IS DISTINCT FROM NEW.evidence))
BEGIN
    SELECT RAISE(ABORT, 'that step does not follow');
END;
