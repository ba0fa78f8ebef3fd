package dev.tribunal.trainer.inputs;

import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.prompt.ChatMessages;
import dev.tribunal.trainer.prompt.Prompt;
import java.util.ArrayList;
import java.util.List;

/**
 * The prompts of one file, with their token ids.
 *
 * @param ids one array a prompt; the array itself tells the engine which sequences share their prompt
 */
public record PromptSet(Split split, List<Prompt> prompts, List<int[]> ids) {

    /**
     * @param maxNewTokens that a prompt must leave room for
     * @throws TrainingFailedException if the file has changed since the run was created, the chat template refuses a prompt, or one is too long
     */
    public static PromptSet read(
            Split split, PinnedFile source, Inputs inputs, LanguageModel policy, int maxNewTokens) {
        return of(split, source.reference(), inputs.read(source).prompts(), policy, maxNewTokens);
    }

    /**
     * @param source where they come from, for messages
     * @param maxNewTokens that a prompt must leave room for
     * @throws TrainingFailedException if the chat template refuses a prompt, or one is too long
     */
    public static PromptSet of(
            Split split, String source, List<Prompt> prompts, LanguageModel policy, int maxNewTokens) {
        List<int[]> ids = new ArrayList<>();
        int positions = policy.configuration().maxPositions();
        for (Prompt prompt : prompts) {
            int[] encoded = encode(source, prompt, policy.tokenizer());
            if (encoded.length + maxNewTokens > positions) {
                throw new TrainingFailedException("prompt " + prompt.index() + " of " + source + " has "
                        + encoded.length + " tokens; with " + maxNewTokens
                        + " new ones it does not fit the model's " + positions
                        + " positions. Leave it out, or lower policy.maxNewTokens");
            }
            ids.add(encoded);
        }
        return new PromptSet(split, prompts, ids);
    }

    private static int[] encode(String source, Prompt prompt, ChatTokenizer tokenizer) {
        try {
            return tokenizer.encodePrompt(ChatMessages.of(prompt.messages()));
        } catch (RuntimeException refused) {
            throw new TrainingFailedException(
                    "prompt " + prompt.index() + " of " + source + " cannot be written as a chat: "
                            + refused.getMessage(),
                    refused);
        }
    }
}
