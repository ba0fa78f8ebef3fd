-- Decided verdicts, for runs that ask again about the same completion. Rows may be deleted at any time.
create table verdict_cache (
    key        bytea primary key, -- SHA-256 of the judge's digest, its parameters and the item
    verdict    text not null check (verdict in ('satisfied', 'violated')),
    score      double precision,
    reason     text,
    created_at timestamptz not null default now()
);
create index verdict_cache_by_age on verdict_cache (created_at);
