-- Who may use the platform, and what they changed.

create table access_tokens (
    name                text collate "C" primary key, -- stays taken when it is revoked
    hash                text not null unique,         -- SHA-256 of the secret, which is 256 random bits
    roles               text[] not null,
    namespaces          text[] not null,              -- the first is the one that it creates in; '*' alone for all
    requests_per_second integer,                      -- null where the gateway's own limit holds
    created_at          timestamptz not null,
    created_by          text not null,
    rotated_at          timestamptz,
    expires_at          timestamptz,
    revoked_at          timestamptz,
    last_used_at        timestamptz                   -- to the minute
);

create table audit_entries (
    id         bigint generated always as identity primary key,
    at         timestamptz not null,
    caller     text not null,
    namespace  text not null,                         -- that the caller acted in
    method     text not null,
    route      text,                                  -- null where there is no such operation
    path       text not null,
    status     integer,                               -- null until it is answered
    request_id text not null,
    address    text not null
);
create index audit_entries_by_caller on audit_entries (caller, id);
create index audit_entries_by_time on audit_entries (at);
