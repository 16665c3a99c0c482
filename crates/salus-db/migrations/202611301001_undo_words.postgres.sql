-- One more change that can be taken back.
ALTER TABLE account_undo DROP CONSTRAINT account_undo_about_check;
ALTER TABLE account_undo ADD CONSTRAINT account_undo_about_check
    CHECK (about IN ('address', 'password', 'app', 'passkey', 'codes', 'provider', 'undone'));
