-- What a label stage writes has hyperparameters: "best" becomes {"type": "best"}.
update runs
set spec = jsonb_set(
    spec, '{stages}',
    (select jsonb_agg(
                case when jsonb_typeof(stage -> 'write') = 'string'
                     then jsonb_set(stage, '{write}', jsonb_build_object('type', stage -> 'write'))
                     else stage end
                order by position)
     from jsonb_array_elements(spec -> 'stages') with ordinality as written (stage, position)))
where jsonb_path_exists(spec, '$.stages[*].write ? (@.type() == "string")');
