-- One row a registered version of a judge. All but state and report stays as it was registered.
create table judge_version (
    id           bigint generated always as identity primary key,
    name         text collate "C" not null,
    version      text collate "C" not null,
    state        text not null,
    digest       text not null,
    registration text not null,
    report       text not null,
    created_at   timestamptz not null,
    constraint judge_version_is_unique unique (name, version)
);
