-- What makes a version doubtful though it can be used: [{type, message}].
ALTER TABLE reward_model_version ADD COLUMN conditions jsonb NOT NULL DEFAULT '[]';
