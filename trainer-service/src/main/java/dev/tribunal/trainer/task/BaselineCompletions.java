package dev.tribunal.trainer.task;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.trainer.checkpoint.BaselineCompletionState;
import dev.tribunal.trainer.checkpoint.BaselineCompletionState.Text;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.generation.GroupSampler;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.inputs.PromptSet;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.reward.Scores;
import dev.tribunal.trainer.rollout.BaselineCompletion;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The baseline completions of one prompt set (CGPO, section 4.1.1): a field of the prompt's line (option 1), or one
 * sample of the stage's first reference (option 2). Each is scored once, and judged once where that is needed; only answers are
 * kept, so that what failed is asked again.
 *
 * <p>One that the reference drew and a reward model cannot score is drawn again a few times, with other random numbers:
 * its prompt would teach nothing for the whole run.
 *
 * <p>Option 2 is drawn when a prompt is first met. That reference never changes and the random key depends on nothing
 * but the prompt and the draw, so it is the completion that would have been drawn before training.
 */
public final class BaselineCompletions {

    /** How often a completion that cannot be scored is drawn again. */
    private static final int MOST_REDRAWS = 3;

    private final PromptSet set;
    private final RunSpec.BaselineCompletionSource source;
    private final LanguageModel policy;
    private final @Nullable GroupSampler sampler;
    private final RandomKeys keys;
    private final int task;

    private final Map<Integer, Text> texts = new HashMap<>();
    private final Map<Integer, Map<String, ScoreValue>> scores = new HashMap<>();
    private final Map<Integer, Integer> redraws = new HashMap<>();
    private final Map<Integer, List<JudgeVerdict>> verdicts = new HashMap<>();

    /** @param reference of the stage; answers where the source says so */
    public BaselineCompletions(
            PromptSet set,
            RunSpec.BaselineCompletionSource source,
            LanguageModel policy,
            StageReference reference,
            SamplingOptions options,
            RandomKeys keys,
            int task) {
        this.set = set;
        this.source = source;
        this.policy = policy;
        this.sampler = source.field() == null ? new GroupSampler(reference.first(), options) : null;
        this.keys = keys;
        this.task = task;
    }

    /** What is known now; texts of the prompt file are there anyway. */
    BaselineCompletionState state() {
        return new BaselineCompletionState(source.field() == null ? texts : Map.of(), scores, verdicts, redraws);
    }

    /** Nothing else is known any more: what comes is asked, and cut into batches, as it was from there on. */
    void restore(BaselineCompletionState state) {
        texts.clear();
        texts.putAll(state.texts());
        scores.clear();
        scores.putAll(state.scores());
        verdicts.clear();
        verdicts.putAll(state.verdicts());
        redraws.clear();
        redraws.putAll(state.redraws());
    }

    /** Sees that these prompts have their baseline completion. */
    public void prepare(Collection<Integer> prompts, RunJournal journal) {
        List<Integer> missing = prompts.stream()
                .distinct()
                .filter(prompt -> !texts.containsKey(prompt))
                .toList();
        if (sampler != null) {
            sample(sampler, missing, journal);
        } else {
            String field = Objects.requireNonNull(source.field());
            missing.forEach(prompt -> texts.put(prompt, read(set.prompts().get(prompt), field)));
        }
    }

    private void sample(GroupSampler sampler, List<Integer> prompts, RunJournal journal) {
        List<SamplingRequest> requests = prompts.stream()
                .map(prompt -> new SamplingRequest(set.ids().get(prompt), new long[] {
                    keys.baselineCompletion(
                            task, prompt, set.split() == Split.HELD_OUT, redraws.getOrDefault(prompt, 0))
                }))
                .toList();
        sampler.sample(
                requests,
                (index, completions) -> {
                    var completion = completions.getFirst();
                    texts.put(
                            prompts.get(index),
                            new Text(completion.text(), completion.ids(), completion.finishReason()));
                },
                journal::stopIfAsked);
    }

    /** Whether there may be another one in place of one that cannot be scored. */
    public boolean mayRedraw(int prompt) {
        return source.field() == null && redraws.getOrDefault(prompt, 0) < MOST_REDRAWS;
    }

    /** Draws other completions; what is known of the ones before them is of them alone. */
    public void redraw(List<Integer> prompts, RunJournal journal) {
        for (int prompt : prompts) {
            redraws.merge(prompt, 1, Integer::sum);
            verdicts.remove(prompt);
        }
        sample(Objects.requireNonNull(sampler, "mayRedraw says no"), prompts, journal);
    }

    private Text read(Prompt prompt, String field) {
        String text = prompt.baselineCompletion(field)
                .orElseThrow(() -> new TrainingFailedException(
                        "prompt " + prompt.index() + " has no baseline completion in its field " + field));
        return new Text(text, withEndOfTurn(policy.tokenizer(), text), FinishReason.STOP);
    }

    /** A text as the model would have sampled it, with the token that the chat template writes after a turn. */
    static int[] withEndOfTurn(ChatTokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        int[] ended = Arrays.copyOf(ids, ids.length + 1);
        ended[ids.length] = tokenizer.endOfTurnId();
        return ended;
    }

    /** As services are asked about it. */
    public CompletionText text(int prompt) {
        Text text = Objects.requireNonNull(texts.get(prompt));
        return Completion.asText(text.text(), text.finishReason());
    }

    public boolean needsScore(int prompt) {
        return !scores.containsKey(prompt);
    }

    /** Whether it is not judged yet, and short enough to be trained on. */
    public boolean needsVerdicts(int prompt) {
        int tokens = set.ids().get(prompt).length
                + Objects.requireNonNull(texts.get(prompt)).ids().length;
        return !verdicts.containsKey(prompt) && tokens <= policy.configuration().maxPositions();
    }

    /**
     * @param scored just obtained, absent if it was known
     * @param judged likewise
     */
    public BaselineCompletion completion(int prompt, @Nullable Scores scored, @Nullable List<JudgeVerdict> judged) {
        if (scored != null && !scored.values().isEmpty()) {
            scores.put(prompt, scored.values());
        }
        Map<String, ScoreValue> known = scores.get(prompt);
        Text text = Objects.requireNonNull(texts.get(prompt));
        BaselineCompletion completion = new BaselineCompletion(
                text.text(),
                text.ids(),
                text.finishReason(),
                known == null ? Objects.requireNonNull(scored, "it is asked until it is known") : Scores.known(known),
                verdicts.getOrDefault(prompt, judged));
        if (judged != null && completion.feasibility() != Feasibility.UNDECIDED) {
            verdicts.put(prompt, judged);
        }
        return completion;
    }
}
