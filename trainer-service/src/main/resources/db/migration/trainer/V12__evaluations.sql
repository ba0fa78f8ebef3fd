-- What was measured since a client's last look is found by the number of the commit that brought it.

alter table metrics add column number bigint;
update metrics
set number = steps.number
from steps
where steps.run_id = metrics.run_id and steps.stage = metrics.stage
  and steps.kind = metrics.kind and steps.step = metrics.step;
alter table metrics alter column number set not null;
alter table metrics drop constraint metrics_pkey;
alter table metrics drop column stage, drop column kind; -- the commit has them
alter table metrics add primary key (run_id, name, task, number);
create index metrics_by_number on metrics (run_id, number);

alter table runs add column rollbacks bigint not null default 0; -- how often commits were taken back
alter table runs add column best jsonb not null default '{}';    -- the best checkpoint of each stage that has one

-- What judges and reward models that do not train the task say of a held-out completion; null without them.
alter table episodes add column held_out_scores jsonb;
alter table episodes add column held_out_verdicts jsonb;
