-- Runs, what they did step by step, and every rollout with all that rebuilds its reward.

create table runs (
    id               text primary key,
    name             text not null,
    labels           jsonb not null,
    method           text not null,
    state            text not null check (state in ('validating', 'queued', 'running', 'pausing', 'paused',
                                                    'cancelling', 'succeeded', 'failed', 'cancelled')),
    step             integer not null,          -- committed steps
    steps            integer not null,
    phase            text,
    terminal_reason  text,
    conditions       jsonb not null,
    spec             jsonb not null,            -- resolved: defaults filled in, versions and digests pinned
    idempotency_key  text unique,
    body_digest      text not null,             -- SHA-256 of the body that created it
    created_at       timestamptz not null,
    started_at       timestamptz,
    finished_at      timestamptz,
    last_event       bigint not null,
    last_episode     bigint not null,
    revision         bigint not null,           -- the ETag
    lease_owner      text,                      -- the trainer that trains it
    lease_epoch      bigint not null default 0, -- rises with every claim; a writer with an older one is refused
    lease_expires_at timestamptz
);
create index runs_by_state on runs (state, id);
create index runs_by_label on runs using gin (labels jsonb_path_ops);

create table steps (
    run_id       text not null references runs on delete cascade,
    step         integer not null,
    kind         text not null check (kind in ('training', 'evaluation')),
    committed_at timestamptz not null,
    primary key (run_id, kind, step)
);

create table metrics (
    run_id text not null references runs on delete cascade,
    name   text not null,
    task   text not null,                       -- empty for a metric of the whole run
    kind   text not null,
    step   integer not null,
    value  double precision not null,
    primary key (run_id, name, task, kind, step)
);

create table events (
    run_id   text not null references runs on delete cascade,
    sequence bigint not null,
    time     timestamptz not null,
    type     text not null,
    message  text not null,
    data     jsonb not null,
    primary key (run_id, sequence)
);

create table checkpoints (
    id         text primary key,
    run_id     text not null references runs on delete cascade,
    step       integer not null,
    path       text not null,
    digest     text not null,
    created_at timestamptz not null,
    unique (run_id, step)
);

create table episodes (
    run_id              text not null references runs on delete cascade,
    number              bigint not null,        -- rises within a run in the order of commitment
    step                integer not null,
    task                text not null,
    split               text not null check (split in ('train', 'held-out')),
    prompt              integer not null,       -- index in the task's prompt file
    sample              integer not null,       -- index in its group
    policy_version      integer not null,
    messages            jsonb not null,
    completion          text not null,
    finish_reason       text not null,
    token_ids           integer[] not null,
    log_probs           real[] not null,
    reference_log_probs real[] not null,
    score               double precision,
    score_error         text,
    reward_model        text,
    baseline            text not null,
    baseline_score      double precision,
    calibrated_reward   double precision,
    regularized_reward  double precision,
    log_ratio           double precision not null,
    feasible            boolean,                -- null while undecided
    weight              double precision not null,
    role                text,
    primary key (run_id, number)
);
create index episodes_by_step on episodes (run_id, step, task, number);
create index episodes_by_task on episodes (run_id, task, number);

create table verdicts (
    run_id          text not null,
    episode         bigint not null,
    position        integer not null,           -- as the task lists its judges
    judge           text not null,
    version         text not null,
    verdict         text not null check (verdict in ('satisfied', 'violated', 'undecided')),
    score           double precision,
    reason          text,
    error_code      text,
    error_retryable boolean,
    error_detail    text,
    latency_ms      bigint not null,
    attempts        integer not null,
    primary key (run_id, episode, position),
    foreign key (run_id, episode) references episodes on delete cascade
);
create index verdicts_by_judge on verdicts (run_id, judge, verdict, episode);
create index verdicts_by_verdict on verdicts (run_id, verdict, episode);
