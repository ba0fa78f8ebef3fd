-- A judge may not be asked, and a verdict may be one that it gave earlier. A task says which judges it asks; runs from
-- before asked all.

alter table verdicts drop constraint verdicts_verdict_check;
alter table verdicts add check (verdict in ('satisfied', 'violated', 'undecided', 'not-asked'));
alter table verdicts add column cached boolean not null default false;

update runs
set spec = jsonb_set(
    spec,
    '{tasks}',
    (select jsonb_agg('{"shortCircuit": false}'::jsonb || task order by position)
     from jsonb_array_elements(spec -> 'tasks') with ordinality as tasks (task, position)));
