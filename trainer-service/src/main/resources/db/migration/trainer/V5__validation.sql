-- A run whose prompt files are too large to be checked at once is checked after its creation; what is wrong stays here.

alter table runs add column errors jsonb not null default '[]';
