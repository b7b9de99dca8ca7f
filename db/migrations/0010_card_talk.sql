-- Has anyone spoken of a card in this call (0 or 1)? Only then may digits said a few at a time be a card's. Of calls
-- from before this column nobody knows.
ALTER TABLE calls ADD COLUMN names_card BIGINT NOT NULL DEFAULT 1;
