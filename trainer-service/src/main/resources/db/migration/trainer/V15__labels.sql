-- What people say of rollouts. A run that goes on from a checkpoint takes rollouts back and mostly has the very same ones
-- again: a label outlives them, and is shown where its rollout is there with the same prompt and completion.
create table labels (
    run_id      text not null references runs on delete cascade,
    episode     bigint not null,
    judge       text not null,                  -- name of the judge whose constraint is meant; empty for all constraints
    verdict     text not null check (verdict in ('satisfied', 'violated', 'skip')),
    note        text,
    labelled_by text,
    labelled_at timestamptz not null,
    sample      bytea not null,                 -- SHA-256 of prompt and completion
    primary key (run_id, episode, judge)
);
