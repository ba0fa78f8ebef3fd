-- What each reward model of the task said of the completion and of the baseline completion, and what its rewards made of it:
-- [{name, rewardModel, score: {value, deviation, classes}, error, baseline: {value, deviation, classes}}].
alter table episodes add column scores jsonb not null default '[]';
alter table episodes add column reward double precision;

-- Until now a task had one reward model.
update episodes set scores = jsonb_build_array(jsonb_build_object(
    'name', split_part(reward_model, '@', 1),
    'rewardModel', reward_model,
    'score', case when score is not null
        then jsonb_build_object('value', score, 'deviation', null, 'classes', '{}'::jsonb) end,
    'error', score_error,
    'baseline', case when baseline_score is not null
        then jsonb_build_object('value', baseline_score, 'deviation', null, 'classes', '{}'::jsonb) end))
where reward_model is not null;
