-- Tables are named by what their rows are, in the plural, and states are written as the API writes them.
alter table reward_model_version rename to reward_models;
alter table reward_models drop constraint reward_model_version_state_check;
alter table reward_models drop constraint reward_model_version_check;
alter table reward_models drop constraint reward_model_version_check1;
update reward_models set state = lower(state);
alter table reward_models add check (state in ('preparing', 'ready', 'failed'));
alter table reward_models add check ((state = 'ready') = (digest is not null));
alter table reward_models add check ((state = 'failed') = (failure is not null));
