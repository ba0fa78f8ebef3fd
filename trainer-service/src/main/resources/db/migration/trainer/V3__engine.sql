-- A policy says how it computes; runs from before did as these defaults say. Without lora, all weights are trained.

update runs
set spec = jsonb_set(
    spec, '{policy}', '{"precision": "fp32", "activationCheckpointing": false}'::jsonb || (spec -> 'policy'));
