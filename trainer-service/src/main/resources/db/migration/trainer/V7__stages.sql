-- A task names its method, and what was one run of tasks is one of a run's stages.
update runs
set spec = (spec - 'method')
    || jsonb_build_object(
        'reference', '{"type": "start"}'::jsonb,
        'stages', '[]'::jsonb,
        'training',
        '{"updates": {"epochs": 1, "miniBatches": 1}, "critic": null}'::jsonb || (spec -> 'training'),
        'tasks',
        (select jsonb_agg(
                    (task - 'optimizer')
                        || case
                               when spec ->> 'method' = 'sft' then '{"method": {"type": "sft"}, "generations": null}'::jsonb
                               else jsonb_build_object(
                                        'method', (task -> 'optimizer') - 'generations',
                                        'generations', task -> 'optimizer' -> 'generations')
                           end
                        || '{"rewards": [{"type": "calibrated"}], "overlong": "keep"}'::jsonb
                    order by position)
         from jsonb_array_elements(spec -> 'tasks') with ordinality as tasks (task, position)));

alter table steps add column stage text not null default 'train';
alter table steps drop constraint steps_pkey;
alter table steps add primary key (run_id, stage, kind, step);

alter table metrics add column stage text not null default 'train';
alter table metrics drop constraint metrics_pkey;
alter table metrics add primary key (run_id, name, task, stage, kind, step);

alter table episodes add column stage text not null default 'train';
alter table episodes alter column baseline drop not null;

alter table checkpoints add column stage text not null default 'train';
