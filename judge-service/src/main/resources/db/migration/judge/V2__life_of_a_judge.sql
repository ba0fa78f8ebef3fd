alter table judge_version
    add column source     text,                           -- who registered it, if it was not somebody over HTTP
    add column withdrawn  boolean not null default false, -- its source took it back, and may bring it again
    add column descriptor text,                           -- as it was when the gate first let it pass
    add column probed_at  timestamptz,                    -- when the gate last decided
    add column deleted_at timestamptz;                    -- off the list; the version stays taken
