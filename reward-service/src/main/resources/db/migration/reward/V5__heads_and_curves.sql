-- The heads of a version with several, with what is stored of their classes, and what was measured during its training.
alter table reward_models add column heads jsonb not null default '[]';
alter table reward_models add column curve jsonb not null default '[]';
