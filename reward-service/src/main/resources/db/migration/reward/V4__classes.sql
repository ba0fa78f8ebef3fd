-- How many tokens a version reads, absent where that is not known, and the labels of one that classifies.
alter table reward_models add column max_tokens integer;
alter table reward_models add column labels jsonb not null default '[]';
