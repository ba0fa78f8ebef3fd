package dev.tribunal.contracts.runs.v1.generation;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prompts for a checkpoint, and how a completion of each is found.
 *
 * @param policy whose completions, and how they are sampled, as in a run's spec
 * @param prompts 1 to 1000
 * @param strategy how the completion of a prompt is found; default {@code sample}
 * @param tokenBudget the most tokens to sample for a prompt, whatever the strategy; a strategy that has spent it takes
 *     the best that it has. Default: as many as the strategy takes
 * @param rewardModel {@code NAME@VERSION}; {@code NAME} alone is its latest version. It scores the completions, also
 *     where the strategy does not choose by scores. Default none
 * @param judges they judge the completions, also where the strategy does not choose by verdicts; default none
 * @param seed of every random number; default 0
 * @param timeLimitSeconds after which it fails, from its start; default 3600
 */
public record GenerationRequest(
        RunSpec.Policy policy,
        @Size(min = 1, max = GenerationRequest.MAX_PROMPTS) List<Prompt> prompts,
        @Default("sample") GenerationStrategy strategy,
        @Min(1) @Max(100_000_000) @Nullable Long tokenBudget,

        @Pattern(regexp = RunSpec.VERSIONED, message = RunSpec.MUST_BE_VERSIONED) @Nullable
        String rewardModel,

        @Default("[]") @Size(max = JudgementRequest.MAX_JUDGES)
        List<RunSpec.Judge> judges,

        @Default("0") long seed,
        @Min(1) @Max(86_400) @Default("3600") int timeLimitSeconds)
        implements Checked {

    /** The most prompts of a generation. */
    public static final int MAX_PROMPTS = 1000;

    /** The most tokens that all prompts together may take. */
    public static final long MAX_TOKENS = 10_000_000;

    /**
     * A prompt, as a line of a prompt file has it.
     *
     * @param prompt a text, which a user says
     * @param messages a conversation, in place of {@code prompt}; the last message is not the assistant's
     * @param reference what judges compare completions with, such as {@code answer}; default nothing
     * @param metadata what else judges read; default nothing
     */
    public record Prompt(
            @Nullable @Size(min = 1) String prompt,
            @Default("[]") List<Message> messages,
            @Default("{}") Map<String, Object> reference,
            @Default("{}") Map<String, Object> metadata)
            implements Checked {

        @Override
        public void check(Findings findings) {
            if (!findings.sound("/prompt") || !findings.sound("/messages")) {
                return;
            }
            if (prompt == null && messages.isEmpty()) {
                findings.mistake("/prompt", "is missing; give prompt or messages");
            } else if (prompt != null && !messages.isEmpty()) {
                findings.mistake("/messages", "stand beside prompt; remove one of them");
            } else if (prompt == null && messages.getLast().role().equals("assistant")) {
                findings.mistake(
                        "/messages/" + (messages.size() - 1) + "/role",
                        "is assistant, but the policy speaks next; end with the user's message");
            }
        }

        /** The conversation, however it was written. */
        public List<Message> conversation() {
            return prompt == null ? messages : List.of(Message.user(prompt));
        }
    }

    /** With what was found of what it names. */
    public GenerationRequest pinned(
            String policyDigest, @Nullable String versionedRewardModel, List<RunSpec.Judge> pinnedJudges) {
        return new GenerationRequest(
                policy.withDigest(policyDigest),
                prompts,
                strategy,
                tokenBudget,
                versionedRewardModel,
                pinnedJudges,
                seed,
                timeLimitSeconds);
    }

    @Override
    public void check(Findings findings) {
        if (policy.lora() != null && findings.sound("/policy/lora")) {
            findings.mistake("/policy/lora", "is of a training; merge the adapter into its checkpoint, and name that");
        }
        if (!findings.sound("/strategy")) {
            return;
        }
        strategy.lacks(rewardModel != null, !judges.isEmpty(), policy.temperature())
                .forEach((pointer, detail) -> {
                    if (findings.sound(pointer)) {
                        findings.mistake(pointer, detail);
                    }
                });
        if (findings.sound("/policy/maxNewTokens") && findings.sound("/prompts") && findings.sound("/tokenBudget")) {
            checkTokens(findings);
        }
    }

    private void checkTokens(Findings findings) {
        long ofPrompt = strategy.mostTokens(policy.maxNewTokens());
        long most = tokenBudget == null ? ofPrompt : Math.min(ofPrompt, tokenBudget);
        if (most * prompts.size() > MAX_TOKENS) {
            findings.mistake(
                    "/tokenBudget",
                    "allows " + most + " tokens for each of " + prompts.size() + " prompts: " + most * prompts.size()
                            + " together, may be " + MAX_TOKENS + "; set or lower it, or give fewer prompts");
        }
    }
}
