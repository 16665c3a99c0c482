-- Somebody is on a patient's care team once at a time, however many desks are at it in the same moment.
CREATE UNIQUE INDEX care_team_member_now ON care_team_member (patient_id, practitioner_id) WHERE ends_at IS NULL;
