-- Nurses and billers work here too.

ALTER TABLE staff_member DROP CONSTRAINT staff_member_role_check;
ALTER TABLE staff_member ADD CONSTRAINT staff_member_role_check
    CHECK (role IN ('practitioner', 'nurse', 'front-desk', 'biller', 'administrator', 'privacy-officer'));
