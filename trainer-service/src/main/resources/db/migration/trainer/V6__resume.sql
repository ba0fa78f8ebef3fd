-- A run goes on from its latest checkpoint. What came after it is known by the numbers that the run had then.

alter table runs add column last_commit bigint not null default 0;  -- commits of steps and evaluations
alter table runs add column attempts    integer not null default 0; -- how often a trainer has taken it up

alter table steps add column number bigint;                         -- rises within a run in the order of commitment
update steps
set number = numbered.number
from (select run_id, kind, step,
             row_number() over (partition by run_id order by committed_at, kind desc, step) as number
      from steps) numbered
where steps.run_id = numbered.run_id and steps.kind = numbered.kind and steps.step = numbered.step;
alter table steps alter column number set not null;
alter table steps add unique (run_id, number);
update runs set last_commit = (select coalesce(max(number), 0) from steps where run_id = runs.id);

alter table checkpoints add column state_digest text;               -- null where it has too little to go on from
alter table checkpoints add column purpose      text not null default 'artifact'
    check (purpose in ('resuming', 'milestone', 'artifact'));      -- which decides how long it stays
alter table checkpoints add column last_commit  bigint not null default 0;
alter table checkpoints add column last_episode bigint not null default 0;
alter table checkpoints add column last_event   bigint not null default 0;

-- How many checkpoints there are is written in the spec; runs from before kept all.
update runs set spec = jsonb_set(spec, '{training,checkpoints}', '{"everyMinutes": 10}');

-- What a run learns by is its tasks' methods, in the spec.
alter table runs drop column method;
