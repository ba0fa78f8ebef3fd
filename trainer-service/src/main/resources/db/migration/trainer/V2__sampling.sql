-- How a policy samples has more words; runs from before were as these defaults say.

update runs
set spec = jsonb_set(spec, '{policy}', '{"topK": 0, "topP": 1.0, "stop": []}'::jsonb || (spec -> 'policy'));
