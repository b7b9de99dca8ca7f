-- What each asker (an API key's public name, or an address) may have used of a day's tokens: never less than it was, so
-- that a budget holds over a restart. Days are counted from 1970 in UTC; rows of days gone by are removed by the hour.
CREATE TABLE token_budgets (
  asker TEXT NOT NULL,
  day BIGINT NOT NULL,
  tokens BIGINT NOT NULL,
  PRIMARY KEY (asker, day)
);
