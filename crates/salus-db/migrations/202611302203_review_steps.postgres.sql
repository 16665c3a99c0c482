-- A policy sees a row as it becomes and not as it was: which step follows which is kept here.
CREATE FUNCTION access_review_step() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL
      -- Who signs changes no count, and leaves nothing without a word.
      OR (NEW.signed_at IS NOT NULL
          AND (OLD.read_until <> NEW.read_until OR OLD.ends_at <> NEW.ends_at OR OLD.entries <> NEW.entries OR OLD.looks <> NEW.looks
               OR OLD.unexplained <> NEW.unexplained OR OLD.refused <> NEW.refused
               OR EXISTS (SELECT 1 FROM access_finding f WHERE f.review_id = NEW.id AND f.judged_at IS NULL)))
      -- The log is gone through forwards.
      OR NEW.read_until < OLD.read_until THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'that step does not follow';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER access_review_steps BEFORE UPDATE ON access_review FOR EACH ROW EXECUTE FUNCTION access_review_step();
