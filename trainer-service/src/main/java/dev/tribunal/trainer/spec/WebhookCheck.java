package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.spec.Webhook;
import java.util.List;

/** Whether a webhook may be told anything. */
@FunctionalInterface
public interface WebhookCheck {

    /** What is wrong with it, with pointers from its root; none if nothing is. */
    List<FieldError> mistakes(Webhook webhook);
}
