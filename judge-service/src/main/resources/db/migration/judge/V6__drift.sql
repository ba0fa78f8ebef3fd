-- A judge may come to decide its fixtures otherwise than when it was registered, under the same version.
alter table judges drop constraint judges_state_check;
alter table judges add constraint judges_state_check
    check (state in ('probing', 'active', 'rejected', 'draining', 'retired', 'drifted'));
alter table judges
    add column drift        text,                       -- as JSON: since when, and which fixture; null while it has not
    add column drifted_from text,                       -- the state to which it comes back
    add column drifts       integer not null default 0; -- verdicts from before the last one are not given again
