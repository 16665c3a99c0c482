-- When the holder of a session last showed both steps again. Without a moment it was at signing in.
ALTER TABLE session ADD COLUMN both_steps_at BIGINT;
