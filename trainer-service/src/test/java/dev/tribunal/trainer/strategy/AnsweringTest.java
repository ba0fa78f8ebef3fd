package dev.tribunal.trainer.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource.Answer;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource.Candidate;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.AnswerForm;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.BeamValue;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.BestOfN;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.FirstFeasible;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.Majority;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.Sample;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.SelfRefine;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.StepBeam;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy.WeightedVote;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.trainer.TinyPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every strategy on a real checkpoint that says yes, no and little else, with a reward model that counts the former. */
class AnsweringTest {

    private static final int LONGEST = 8;
    private static final SamplingOptions OPTIONS = new SamplingOptions(LONGEST, 1.5);
    private static final Scorer YES = items ->
            items.stream().mapToDouble(item -> yes(item.completion().text())).toArray();

    private static LanguageModel policy;

    @BeforeAll
    static void load(@TempDir Path directory) throws Exception {
        TinyPolicy.write(directory.resolve("policy"), true);
        policy = new LocalEngine().load(directory.resolve("policy"));
    }

    @AfterAll
    static void close() {
        policy.close();
    }

    private static long yes(String text) {
        return List.of(text.split(" ")).stream().filter("yes"::equals).count();
    }

    private static List<Asked> prompts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    String text = "yes no ".repeat(i % 3 + 1).strip();
                    return new Asked(
                            List.of(Message.user(text)),
                            policy.tokenizer().encodePrompt(List.of(ChatMessage.user(text))),
                            Map.of(),
                            Map.of());
                })
                .toList();
    }

    private static JudgeVerdict verdict(Verdict verdict, @Nullable String reason) {
        return new JudgeVerdict(
                "many",
                "1",
                verdict,
                null,
                reason,
                verdict == Verdict.UNDECIDED ? new VerdictError("away", true, "is away") : null,
                0,
                1);
    }

    /** Wants so many times yes. */
    private static Verifier wants(int most) {
        return items -> items.stream()
                .map(item -> List.of(
                        yes(item.completion().text()) >= most
                                ? verdict(Verdict.SATISFIED, "enough")
                                : verdict(Verdict.VIOLATED, "too few yes")))
                .toList();
    }

    private static List<Answer> answers(GenerationStrategy strategy, @Nullable Long budget, Verifier verifier) {
        return new Answering(policy, OPTIONS, strategy, budget, YES, verifier, 5).answer(0, prompts(6), () -> {});
    }

    private static List<Answer> answers(GenerationStrategy strategy, @Nullable Long budget) {
        return answers(strategy, budget, wants(2));
    }

    private static List<String> texts(List<Answer> answers) {
        return answers.stream().map(Answer::text).toList();
    }

    @Test
    void sampleIsWhatThePolicySamples() {
        List<Asked> prompts = prompts(6);
        List<SampledCompletion> sampled = new ArrayList<>();
        policy.sample(
                IntStream.range(0, 6)
                        .mapToObj(i -> new SamplingRequest(prompts.get(i).ids(), new long[] {CounterRandom.key(5, i)}))
                        .toList(),
                OPTIONS,
                sampled::add);
        sampled.sort(Comparator.comparingInt(SampledCompletion::prompt));
        assertThat(texts(answers(new Sample(), null)))
                .isEqualTo(sampled.stream()
                        .map(each -> policy.tokenizer().decode(each.ids()))
                        .toList());
    }

    /** Whatever the strategy chooses by, of one completion it takes that one. */
    @Test
    void withOneCompletionAllStrategiesAreSample() {
        List<String> sampled = texts(answers(new Sample(), null));
        for (GenerationStrategy one : List.of(
                new BestOfN(1, false),
                new BestOfN(1, true),
                new Majority(1, AnswerForm.TEXT),
                new Majority(1, AnswerForm.MATH),
                new WeightedVote(1, AnswerForm.TEXT, 0),
                new FirstFeasible(1),
                new SelfRefine(1, "{reasons}"))) {
            assertThat(texts(answers(one, null))).as(one.name()).isEqualTo(sampled);
        }
    }

    @Test
    void bestOfNTakesTheHighestScoreOfTheSamplesThatLessCompletionsHadToo() {
        List<Answer> four = answers(new BestOfN(4, false), null);
        List<Answer> sixteen = answers(new BestOfN(16, false), null);
        for (int i = 0; i < four.size(); i++) {
            Answer answer = four.get(i);
            assertThat(answer.candidates()).hasSize(4);
            assertThat(answer.chosen().text()).isEqualTo(answer.text());
            assertThat(answer.chosen().score())
                    .isEqualTo(answer.candidates().stream()
                            .mapToDouble(Candidate::score)
                            .max()
                            .orElseThrow());
            assertThat(answer.klBound()).isCloseTo(.6363, within(5e-5));
            assertThat(answer.tokensSampled())
                    .isEqualTo(answer.candidates().stream()
                            .mapToLong(Candidate::tokens)
                            .sum());
            assertThat(sixteen.get(i).candidates().subList(0, 4).stream().map(Candidate::text))
                    .containsExactlyElementsOf(
                            answer.candidates().stream().map(Candidate::text).toList());
        }
        assertThat(mean(sixteen)).isGreaterThan(mean(four)).isGreaterThan(mean(answers(new Sample(), null)));
    }

    private static double mean(List<Answer> answers) {
        return Worth.totals("any", answers.stream().map(Worth::of).toList()).meanScore();
    }

    @Test
    void aFeasibleCompletionGoesBeforeAHigherScore() {
        Scorer no = items -> items.stream()
                .mapToDouble(item -> -yes(item.completion().text()))
                .toArray();
        List<Answer> answers = new Answering(policy, OPTIONS, new BestOfN(16, true), null, no, wants(1), 5)
                .answer(0, prompts(6), () -> {});
        assertThat(answers).allSatisfy(answer -> {
            boolean some = answer.candidates().stream().anyMatch(each -> Boolean.TRUE.equals(each.feasible()));
            assertThat(answer.chosen().feasible()).isEqualTo(some);
            assertThat(answer.why()).contains(some ? "of the feasible" : "none of which is feasible");
        });
        assertThat(answers)
                .anyMatch(answer -> Boolean.TRUE.equals(answer.chosen().feasible()));
    }

    @Test
    void votesAreForTheWholeText() {
        for (Answer answer : answers(new Majority(16, AnswerForm.TEXT), null)) {
            Map<String, Long> counts = answer.candidates().stream()
                    .filter(each -> !each.answer().isEmpty())
                    .collect(Collectors.groupingBy(Candidate::answer, Collectors.counting()));
            assertThat(counts.get(answer.chosen().answer()))
                    .isEqualTo(counts.values().stream()
                            .max(Comparator.naturalOrder())
                            .orElseThrow());
            assertThat(answer.why()).startsWith(counts.get(answer.chosen().answer()) + " of 16 completions answer");
        }
    }

    @Test
    void weightedVotesWeighWhatTheScoresSay() {
        assertThat(answers(new WeightedVote(8, AnswerForm.TEXT, 0.1), null)).allSatisfy(answer -> {
            assertThat(answer.candidates())
                    .filteredOn(each -> !each.answer().isEmpty())
                    .allSatisfy(each -> assertThat(each.weight()).isBetween(0.1, 1.0));
            assertThat(answer.candidates())
                    .filteredOn(each -> each.answer().isEmpty())
                    .allSatisfy(each -> assertThat(each.weight()).isZero());
        });
    }

    @Test
    void firstFeasibleStopsAtTheFirstThatSatisfies() {
        List<Answer> answers = answers(new FirstFeasible(8), null, wants(1));
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.candidates().subList(0, answer.candidates().size() - 1))
                    .allSatisfy(each -> assertThat(each.feasible()).isFalse());
            if (answer.candidates().size() < 8) {
                assertThat(answer.chosen().feasible()).isTrue();
                assertThat(answer.taken()).isEqualTo(answer.candidates().size() - 1);
            }
        });
        assertThat(answers).anyMatch(answer -> answer.candidates().size() > 1);
        assertThat(answers(new FirstFeasible(3), null, wants(99))).allSatisfy(answer -> {
            assertThat(answer.candidates()).hasSize(3);
            assertThat(answer.taken()).isZero();
            assertThat(answer.why()).contains("none of 3 completions is feasible");
        });
    }

    @Test
    void theTokenBudgetHoldsForEveryStrategy() {
        for (GenerationStrategy strategy : List.of(
                new Sample(),
                new BestOfN(64, false),
                new Majority(64, AnswerForm.TEXT),
                new WeightedVote(64, AnswerForm.TEXT, 0.1),
                new FirstFeasible(64),
                new StepBeam(2, 4, "no", 3, BeamValue.LAST),
                new SelfRefine(8, "no"))) {
            for (long budget : new long[] {1, 5, 8, 24, 40}) {
                assertThat(answers(strategy, budget, wants(99)))
                        .as("%s with %d tokens", strategy.name(), budget)
                        .allSatisfy(answer -> {
                            assertThat(answer.tokensSampled()).isBetween(1L, budget);
                            assertThat(answer.text()).isNotNull();
                        });
            }
        }
        assertThat(answers(new BestOfN(64, false), 40L))
                .as("short completions leave room for more than 40 / 8")
                .anyMatch(answer -> answer.candidates().size() > 5)
                .allSatisfy(answer -> assertThat(answer.tokensSampled()).isGreaterThan(32));
    }

    @Test
    void anAnswerDoesNotDependOnTheOtherPrompts() {
        for (GenerationStrategy strategy :
                List.of(new BestOfN(4, false), new StepBeam(2, 3, "no", 3, BeamValue.BEST), new FirstFeasible(4))) {
            Answering answering = new Answering(policy, OPTIONS, strategy, 40L, YES, wants(2), 5);
            assertThat(answering.answer(4, prompts(6).subList(4, 5), () -> {}))
                    .as(strategy.name())
                    .isEqualTo(answers(strategy, 40L).subList(4, 5));
        }
    }

    @Test
    void beamsEndAtStepsAndBeatOneSample() {
        List<Answer> answers = answers(new StepBeam(2, 4, "no", 2, BeamValue.LAST), null);
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.candidates()).hasSizeBetween(1, 2);
            assertThat(answer.tokens()).isBetween(1, LONGEST);
            assertThat(answer.chosen().score()).isEqualTo((double) yes(answer.text()));
            assertThat(answer.finishReason()).isEqualTo(answer.tokens() < LONGEST ? "stop" : answer.finishReason());
        });
        assertThat(mean(answers)).isGreaterThan(mean(answers(new Sample(), null)));
    }

    /** At temperature 0 a beam of one that is continued once is what the policy says in one go. */
    @Test
    void oneBeamIsGreedyAtTemperatureZero() {
        SamplingOptions greedy = new SamplingOptions(LONGEST, 0);
        GenerationStrategy beam = new StepBeam(1, 1, "no", 2, BeamValue.LAST);
        assertThat(texts(new Answering(policy, greedy, beam, null, YES, null, 5).answer(0, prompts(3), () -> {})))
                .isEqualTo(texts(new Answering(policy, greedy, new Sample(), null, null, null, 5)
                        .answer(0, prompts(3), () -> {})));
    }

    @Test
    void refinementTellsReasonsUntilTheJudgesAreSatisfied() {
        List<Answer> answers = answers(new SelfRefine(2, "{reasons}"), null, wants(1));
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.taken()).isEqualTo(answer.candidates().size() - 1);
            if (Boolean.TRUE.equals(answer.candidates().getFirst().feasible())) {
                assertThat(answer.candidates()).hasSize(1);
                assertThat(answer.why()).isEqualTo("the judges are satisfied after 1 round");
            }
        });
        assertThat(answers).anyMatch(answer -> answer.candidates().size() == 2);
        assertThat(answers(new SelfRefine(32, "yes no ".repeat(20)), null, wants(99)))
                .allSatisfy(answer -> assertThat(answer.why()).contains("does not fit the model's 32 positions"));
    }

    @Test
    void anUndecidedVerdictIsNeitherFeasibleNorAReasonToGoOn() {
        Verifier away = items -> items.stream()
                .map(item -> List.of(verdict(Verdict.UNDECIDED, null)))
                .toList();
        assertThat(answers(new SelfRefine(4, "no"), null, away)).allSatisfy(answer -> {
            assertThat(answer.candidates()).hasSize(1);
            assertThat(answer.chosen().feasible()).isNull();
            assertThat(answer.why()).contains("undecided");
        });
        assertThat(answers(new FirstFeasible(3), null, away)).allSatisfy(answer -> {
            assertThat(answer.candidates()).hasSize(3);
            assertThat(answer.why()).contains("the first that is undecided");
        });
    }

    @Test
    void withoutAnyScoreTheFirstIsTaken() {
        Scorer broken = items -> items.stream().mapToDouble(item -> Double.NaN).toArray();
        assertThat(new Answering(policy, OPTIONS, new BestOfN(3, false), null, broken, null, 5)
                        .answer(0, prompts(2), () -> {}))
                .allSatisfy(answer -> {
                    assertThat(answer.taken()).isZero();
                    assertThat(answer.chosen().score()).isNull();
                    assertThat(answer.why()).isEqualTo("none of 3 completions could be scored: the first");
                });
    }

    @Test
    void whatIsNotWantedAnyMoreEnds() {
        assertThatThrownBy(() -> new Answering(policy, OPTIONS, new BestOfN(8, false), null, YES, null, 5)
                        .answer(0, prompts(2), () -> {
                            throw new CancellationException("not wanted");
                        }))
                .hasMessageContaining("not wanted");
    }

    @Test
    void whatAStrategyNeedsHasToBeThere() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Answering(policy, OPTIONS, new BestOfN(8, false), null, null, null, 5))
                .withMessage("best-of-n needs a reward model");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Answering(policy, OPTIONS, new FirstFeasible(8), null, YES, null, 5))
                .withMessage("first-feasible needs a judge");
    }

    @Test
    void totals() {
        assertThat(Worth.totals(
                        "best-of-n",
                        List.of(
                                new Worth(10, 1.0, true, .5),
                                new Worth(20, null, false, .7),
                                new Worth(30, 3.0, null, null))))
                .satisfies(totals -> {
                    assertThat(totals.tokensSampled()).isEqualTo(60);
                    assertThat(totals.tokensPerPrompt()).isEqualTo(20);
                    assertThat(totals.meanScore()).isEqualTo(2);
                    assertThat(totals.feasibleShare()).isEqualTo(.5);
                    assertThat(totals.meanKlBound()).isCloseTo(.6, within(1e-12));
                });
        assertThat(Worth.totals("sample", List.of()).meanScore()).isNull();
    }
}
