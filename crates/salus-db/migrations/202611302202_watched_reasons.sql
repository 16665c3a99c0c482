-- Why somebody opened a watched record, for an hour, beside records that were opened in an emergency: the privacy officer signs both off.
ALTER TABLE emergency_access ADD COLUMN kind TEXT CHECK (kind = 'watched');
