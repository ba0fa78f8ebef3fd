-- Where a fork comes from. It has its checkpoint's files for itself, so that its parent may be deleted before it.
alter table runs add column parent_run  text;
alter table runs add column parent_step integer;
alter table runs add column parent_kind text check (parent_kind in ('weights', 'state'));
alter table runs add check ((parent_run is null) = (parent_step is null) and (parent_run is null) = (parent_kind is null));
create index runs_by_parent on runs (parent_run) where parent_run is not null;

-- Stored completions, judged again; what a run itself has stored is never changed by it.
create table rejudgements (
    id               text primary key,
    run_id           text not null references runs on delete cascade,
    request          jsonb not null,
    judges           jsonb not null,            -- by task, what is asked and in whose place
    state            text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    last_episode     bigint not null,           -- the run's when it was created: later ones are not judged again
    total            bigint not null,
    done             bigint not null default 0,
    reached          bigint not null default 0, -- all that begins up to this episode is judged
    failure          text,
    result           jsonb,
    created_at       timestamptz not null,
    started_at       timestamptz,
    finished_at      timestamptz,
    lease_owner      text,                      -- the trainer that works on it
    lease_expires_at timestamptz
);
create index rejudgements_by_run on rejudgements (run_id, id);
create index rejudgements_waiting on rejudgements (id) where state in ('queued', 'running');

-- One completion. What the run goes back on goes here, too.
create table rejudged_episodes (
    rejudgement_id  text not null references rejudgements on delete cascade,
    run_id          text not null,
    episode         bigint not null,
    verdict_before  text check (verdict_before in ('satisfied', 'violated', 'undecided', 'not-asked')), -- null: none
    score_before    double precision,
    reason_before   text,
    verdict         text not null check (verdict in ('satisfied', 'violated', 'undecided')),
    score           double precision,
    reason          text,
    error_code      text,
    error_retryable boolean,
    error_detail    text,
    feasible_before boolean,                    -- null while undecided
    feasible        boolean,
    reward_before   double precision,           -- constraints included
    reward          double precision,
    weight_before   double precision,           -- null where it could not be computed again
    weight          double precision,
    weights_lack    text,                       -- why not
    primary key (rejudgement_id, episode),
    foreign key (run_id, episode) references episodes on delete cascade
);
create index rejudged_by_episode on rejudged_episodes (run_id, episode);
