-- A policy sees a row as it becomes and not as it was: which step follows which is kept here. A restore copies rows as they are.
CREATE FUNCTION custom_role_step() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT ((OLD.state = 'proposed' AND NEW.state IN ('current', 'refused', 'withdrawn'))
            -- What leaves its place keeps who confirmed it.
            OR (OLD.state = 'current' AND NEW.state IN ('replaced', 'ended')
                AND OLD.decided_by = NEW.decided_by AND OLD.decided_at = NEW.decided_at))
      -- What was said is what is confirmed.
      OR OLD.id <> NEW.id OR OLD.role_id <> NEW.role_id OR OLD.name <> NEW.name OR OLD.base <> NEW.base
      OR OLD.keeps <> NEW.keeps OR OLD.borrows <> NEW.borrows
      OR OLD.proposed_by <> NEW.proposed_by OR OLD.proposed_at <> NEW.proposed_at
      -- Who confirms works here, and has not the role.
      OR (NEW.state = 'current'
          AND NOT EXISTS (SELECT 1 FROM staff_member m
                           WHERE m.account_id = NEW.decided_by AND m.active = TRUE
                             AND (m.custom_role_id IS NULL OR m.custom_role_id <> NEW.role_id))) THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'that step does not follow';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER custom_role_steps BEFORE UPDATE ON custom_role FOR EACH ROW EXECUTE FUNCTION custom_role_step();
