-- What each finished stage left: [{artifact: {stage, kind, reference, digest, createdAt}, lastCommit, lastEpisode, lastEvent}],
-- with the numbers that the run had then. A run goes on after the latest one.
alter table runs add column artifacts jsonb not null default '[]';
