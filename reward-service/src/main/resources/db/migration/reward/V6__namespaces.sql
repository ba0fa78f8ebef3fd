-- Reward models belong to teams, all versions of a name to one. Those that were there before everyone could use, and still
-- can.
alter table reward_models add column namespace text not null default 'shared';
