-- Tables are named by what their rows are, in the plural, and states are written as the API writes them.
alter table judge_version rename to judges;
alter table judges rename constraint judge_version_is_unique to judges_are_unique;
update judges set state = lower(state);
alter table judges add check (state in ('probing', 'active', 'rejected', 'draining', 'retired'));
alter table verdict_cache rename to cached_verdicts;
alter index verdict_cache_by_age rename to cached_verdicts_by_age;
