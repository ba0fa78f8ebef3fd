package dev.tribunal.trainer.strategy;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.SelfRefine;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.trainer.prompt.ChatMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Self-refinement with judges. The policy sees the prompt, its last completion and what the judges say of it; earlier ones
 * are left out, so that the conversation does not grow.
 */
final class Refinement implements Search {

    private static final String REASONS = "{reasons}";

    private final Asked prompt;
    private final SelfRefine strategy;
    private final int maxNewTokens;
    private final int positions;
    private final ChatTokenizer tokenizer;
    private final Keys keys;
    private final List<Candidate> candidates = new ArrayList<>();
    private @Nullable String ended;

    /** @param positions of the policy, for prompt and completion together */
    Refinement(Asked prompt, SelfRefine strategy, int maxNewTokens, int positions, ChatTokenizer tokenizer, Keys keys) {
        this.prompt = prompt;
        this.strategy = strategy;
        this.maxNewTokens = maxNewTokens;
        this.positions = positions;
        this.tokenizer = tokenizer;
        this.keys = keys;
    }

    @Override
    public List<Draw> next(long left) {
        if (candidates.isEmpty()) {
            return List.of(draw(prompt.ids(), (int) Math.min(left, maxNewTokens)));
        }
        if (ended != null) {
            return List.of();
        }
        if (candidates.size() == strategy.rounds()) {
            return end("the last of " + strategy.rounds() + " rounds; the judges are not satisfied");
        }
        if (left < maxNewTokens) {
            return end(
                    "the token budget is spent after " + candidates.size() + " rounds; the judges are not satisfied");
        }
        int[] context;
        try {
            context = tokenizer.encodePrompt(conversation(candidates.getLast()));
        } catch (CheckpointException refused) {
            return end("the chat template takes no feedback (" + refused.getMessage() + ")");
        }
        return context.length + maxNewTokens > positions
                ? end("with the feedback the conversation does not fit the model's " + positions + " positions")
                : List.of(draw(context, maxNewTokens));
    }

    private Draw draw(int[] context, int longest) {
        return new Draw(context, new int[0], keys.next(), longest);
    }

    private List<Draw> end(String why) {
        ended = why;
        return List.of();
    }

    /** What was sampled or comes from a judge can neither end its turn nor speak for another. */
    private List<ChatMessage> conversation(Candidate draft) {
        List<ChatMessage> conversation = new ArrayList<>(ChatMessages.of(prompt.messages()));
        conversation.add(ChatMessage.assistant(tokenizer.withoutSpecialTokens(draft.text())));
        conversation.add(new ChatMessage(
                "user", tokenizer.withoutSpecialTokens(strategy.feedback().replace(REASONS, reasons(draft)))));
        return conversation;
    }

    private static String reasons(Candidate draft) {
        return draft.verdicts().stream()
                .filter(verdict -> verdict.verdict() == Verdict.VIOLATED)
                .map(Refinement::reason)
                .collect(Collectors.joining("; "));
    }

    private static String reason(JudgeVerdict verdict) {
        return Objects.requireNonNullElse(verdict.reason(), "it violates " + verdict.judge());
    }

    @Override
    public void add(List<Candidate> sampled) {
        candidates.addAll(sampled);
        Feasibility feasibility = sampled.getLast().feasibility();
        if (feasibility == Feasibility.FEASIBLE) {
            ended = "the judges are satisfied after " + candidates.size()
                    + (candidates.size() == 1 ? " round" : " rounds");
        } else if (feasibility == Feasibility.UNDECIDED) {
            ended = "a verdict is undecided after " + candidates.size()
                    + (candidates.size() == 1 ? " round" : " rounds") + ": there is nothing to tell the policy";
        }
    }

    @Override
    public Taken taken() {
        return Taken.of(candidates, candidates.size() - 1, Objects.requireNonNull(ended, "it is done"));
    }
}
