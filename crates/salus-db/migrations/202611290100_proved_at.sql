-- When somebody said their password again in this session; before that, signing in counts.
ALTER TABLE session ADD COLUMN proved_at BIGINT;
