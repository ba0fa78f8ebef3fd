package dev.tribunal.judge.protocols.grader;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.judge.openai.OpenAiServer.Completion;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.servicekit.outbound.CallFailure;
import java.util.List;
import java.util.Map;

/** The language models that graders ask. */
@FunctionalInterface
public interface Models {

    /**
     * @param model as the server calls it
     * @param options further fields of the request
     * @throws CallFailure if there is no answer
     */
    Completion ask(String model, List<Message> messages, Map<String, Object> options, Deadline deadline)
            throws CallFailure;
}
