-- Runs and generations belong to teams; a trainer of before writes none. An idempotency key is its namespace's: another team's run answers to none.
alter table runs add column namespace text not null default 'default';
alter table runs drop constraint runs_idempotency_key_key;
alter table runs add constraint runs_are_unique_by_idempotency_key unique (namespace, idempotency_key);
create index runs_by_namespace on runs (namespace, id);

alter table generations add column namespace text not null default 'default';
