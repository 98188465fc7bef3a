-- When (ms) those fields of a profile were written that are older than updated_at, so that of two regions' edits
-- the last one wins field by field. A row without it was written whole at updated_at.
ALTER TABLE users ADD COLUMN versions JSONB NOT NULL DEFAULT '{}';
