-- What makes a run doubtful, and what it waits for. Specs from before have the alarms that are the default, all of which
-- are told only, and their steps the counts of updates that follow from their gradients' norms.
alter table runs
    add column alarms jsonb not null default '[]',
    add column waits_for jsonb not null default '[]',
    add column steps_without_update integer not null default 0,
    add column state_since timestamptz not null default now();

update runs set state_since = coalesce(finished_at, started_at, created_at);

update runs
set spec = spec || '{"alarms": {
    "noSignal": {"steps": 5, "do": "report"},
    "feasibleRateLow": {"steps": 10, "threshold": 0.01, "do": "report"},
    "judgeNeverSatisfied": {"steps": 10, "do": "report"},
    "undecidedHigh": {"steps": 5, "threshold": 0.5, "do": "report"},
    "truncatedHigh": {"steps": 10, "threshold": 0.8, "do": "report"},
    "emptyCompletions": {"steps": 5, "threshold": 0.5, "do": "report"},
    "rewardHacking": {"steps": 5, "threshold": 0.1, "do": "report"},
    "klHigh": {"steps": 5, "threshold": 1, "do": "report"},
    "entropyCollapse": {"steps": 10, "threshold": 0.05, "do": "report"},
    "lengthRunaway": {"steps": 10, "threshold": 4, "do": "report"},
    "gradientExplosion": {"steps": 3, "threshold": 20, "do": "report"},
    "blowUp": {"steps": 3, "threshold": 50, "do": "report"}}}';

insert into metrics (run_id, name, task, stage, kind, step, value)
select run_id, 'updates', task, stage, kind, step, case when value = 0 then 0 else 1 end
from metrics where name = 'gradientNorm' and task = '' and kind = 'training';

update runs set steps_without_update =
    (select count(*) from metrics where run_id = runs.id and name = 'updates' and value = 0);

-- What a run's webhook is still to be told.
create table deliveries (
    run_id   text not null references runs on delete cascade,
    sequence bigint not null,                   -- of the event
    attempts integer not null default 0,
    due_at   timestamptz not null default now(),
    primary key (run_id, sequence)
);
create index deliveries_by_due on deliveries (due_at);
