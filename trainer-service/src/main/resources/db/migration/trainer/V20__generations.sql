-- A checkpoint answers prompts by a strategy.
create table generations (
    id               text primary key,
    request          jsonb not null,            -- as it was read, with versions and digests pinned
    strategy         text not null,
    state            text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    total            integer not null,          -- prompts
    failure          text,
    created_at       timestamptz not null,
    started_at       timestamptz,
    finished_at      timestamptz,
    lease_owner      text,                      -- the trainer that works on it
    lease_expires_at timestamptz
);
create index generations_waiting on generations (id) where state in ('queued', 'running');

-- The answer of one prompt. They are written in the order of the prompts.
create table generation_answers (
    generation_id  text not null references generations on delete cascade,
    prompt         integer not null,
    tokens_sampled bigint not null,
    score          double precision,            -- null without one
    feasible       boolean,                     -- null while undecided, or if nobody judged
    kl_bound       double precision,            -- null but for best of n
    answer         text not null,               -- JSON; jsonb would refuse what a model may write
    primary key (generation_id, prompt)
);
