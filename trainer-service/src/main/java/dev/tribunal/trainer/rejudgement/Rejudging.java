package dev.tribunal.trainer.rejudgement;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.TaskJudge;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.judgement.TaskJudges;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.rejudgement.RejudgedEpisode.Worth;
import dev.tribunal.trainer.rejudgement.RejudgementStore.Unit;
import dev.tribunal.trainer.store.RunEntity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One rejudgement at work: judges a unit of completions, and finds out what they would have been worth. */
final class Rejudging {

    /** Of one request. */
    private static final int AT_ONCE = 64;

    /** A judge that is away altogether is asked again so often. */
    private static final int MOST_TRIES = 12;

    private static final Duration RETRY = Duration.ofSeconds(5);

    /** Why nobody was asked at all: what comes of it says nothing of the completions. */
    private static final Set<String> AWAY = Set.of("unreachable", "breaker_open", "connection_refused");

    private final Rejudgement rejudgement;
    private final RunEntity run;
    private final JudgementApi judgements;
    private final PromptLines lines;

    Rejudging(Rejudgement rejudgement, RunEntity run, JudgementApi judgements, FileRoots roots) {
        this.rejudgement = rejudgement;
        this.run = run;
        this.judgements = judgements;
        this.lines = new PromptLines(run, roots);
    }

    /** The judge does not answer; the message tells a person. */
    static final class JudgeAwayException extends RuntimeException {
        JudgeAwayException(String message) {
            super(message);
        }
    }

    /**
     * @param episodes of the unit
     * @param progress hears how many are judged, now and then
     */
    List<RejudgedEpisode> judge(Unit unit, List<EpisodeResource> episodes, LongConsumer progress)
            throws InterruptedException {
        RunSpec.Task task = task(unit);
        TaskJudge judge = Objects.requireNonNull(
                rejudgement.judges().get(Plans.key(run.spec(), unit.stage(), unit.task())), "a task that is wanted");
        List<JudgeVerdict> verdicts = judge.asked()
                ? asked(unit, task, judge, episodes, progress)
                : episodes.stream()
                        .map(episode -> Objects.requireNonNullElseGet(before(judge, episode), () -> missing(judge)))
                        .toList();
        Double threshold = rejudgement.request().threshold();
        List<JudgeVerdict> now = threshold == null
                ? verdicts
                : verdicts.stream().map(verdict -> held(verdict, threshold)).toList();
        return worths(unit, task, judge, episodes, now);
    }

    private RunSpec.Task task(Unit unit) {
        return run.spec().allStages().stream()
                .filter(stage -> stage.name().equals(unit.stage()))
                .map(Stage::tasks)
                .flatMap(List::stream)
                .filter(task -> task.name().equals(unit.task()))
                .findFirst()
                .orElseThrow();
    }

    private List<JudgeVerdict> asked(
            Unit unit, RunSpec.Task task, TaskJudge judge, List<EpisodeResource> episodes, LongConsumer progress)
            throws InterruptedException {
        TaskJudges asked = new TaskJudges(
                judgements, List.of(new RunSpec.Judge(judge.judge(), judge.digest(), judge.parameters())), false);
        List<Prompt> prompts = lines.of(task, unit.split());
        List<JudgeVerdict> verdicts = new ArrayList<>();
        while (verdicts.size() < episodes.size()) {
            List<EpisodeResource> next =
                    episodes.subList(verdicts.size(), Math.min(verdicts.size() + AT_ONCE, episodes.size()));
            List<JudgeItem> items = next.stream()
                    .map(episode -> item(episode, prompts.get(episode.prompt())))
                    .toList();
            verdicts.addAll(answered(asked, judge, unit, verdicts.size(), items, progress));
            progress.accept(verdicts.size());
        }
        return verdicts;
    }

    private static JudgeItem item(EpisodeResource episode, Prompt prompt) {
        return new JudgeItem(
                episode.id(),
                episode.messages(),
                new CompletionText(episode.completion(), episode.finishReason()),
                prompt.reference(),
                prompt.metadata());
    }

    private List<JudgeVerdict> answered(
            TaskJudges asked, TaskJudge judge, Unit unit, int from, List<JudgeItem> items, LongConsumer progress)
            throws InterruptedException {
        EvaluationContext context = new EvaluationContext(run.id(), unit.step(), unit.task());
        for (int attempt = 1; ; attempt++) {
            List<JudgeVerdict> verdicts =
                    asked.judge(rejudgement.id() + "." + unit.first() + "." + from, context, items).stream()
                            .map(List::getFirst)
                            .toList();
            VerdictError error = verdicts.getFirst().error();
            if (error == null || !verdicts.stream().allMatch(Rejudging::isAway)) {
                return verdicts;
            }
            if (attempt == MOST_TRIES) {
                throw new JudgeAwayException("judge " + judge.judge() + " does not answer (" + error.code() + ": "
                        + error.detail() + "); see that it is up, and ask for the rejudgement again");
            }
            progress.accept(from);
            Thread.sleep(RETRY);
        }
    }

    private static boolean isAway(JudgeVerdict verdict) {
        return verdict.error() != null && AWAY.contains(verdict.error().code());
    }

    private static JudgeVerdict held(JudgeVerdict verdict, double threshold) {
        Double score = verdict.score();
        if (score == null) {
            return verdict.error() != null
                    ? verdict
                    : undecided(verdict, "no_score", "the judge gives no score that a threshold could be held against");
        }
        return new JudgeVerdict(
                verdict.judge(),
                verdict.version(),
                score >= threshold ? Verdict.SATISFIED : Verdict.VIOLATED,
                score,
                verdict.reason(),
                null,
                verdict.latencyMs(),
                verdict.attempts(),
                verdict.cached());
    }

    private static JudgeVerdict missing(TaskJudge judge) {
        VersionedName name = VersionedName.parse(judge.judge());
        return new JudgeVerdict(
                name.name(),
                name.version(),
                Verdict.UNDECIDED,
                null,
                null,
                new VerdictError("not_stored", false, "no verdict of the judge is stored"),
                0,
                0);
    }

    private static JudgeVerdict undecided(JudgeVerdict verdict, String code, String detail) {
        return new JudgeVerdict(
                verdict.judge(),
                verdict.version(),
                Verdict.UNDECIDED,
                null,
                verdict.reason(),
                new VerdictError(code, false, detail),
                verdict.latencyMs(),
                verdict.attempts());
    }

    private List<RejudgedEpisode> worths(
            Unit unit, RunSpec.Task task, TaskJudge judge, List<EpisodeResource> episodes, List<JudgeVerdict> now) {
        List<List<JudgeVerdict>> stored =
                episodes.stream().map(EpisodeResource::verdicts).toList();
        List<List<JudgeVerdict>> replaced = new ArrayList<>();
        for (int i = 0; i < episodes.size(); i++) {
            replaced.add(replaced(judge, episodes.get(i), now.get(i)));
        }
        Recomputation recomputation = new Recomputation(task, episodes);
        boolean trained = unit.split() == Split.TRAIN;
        String lack = trained ? recomputation.lack() : null;
        List<Worth> before = recomputation.under(stored, false);
        List<Worth> after = recomputation.under(replaced, false);
        if (trained && lack == null) {
            try {
                List<Worth> made = recomputation.under(stored, true);
                if (recomputation.isAsStored(made)) {
                    after = withStored(episodes, made, recomputation.under(replaced, true));
                    before = withStored(episodes, made, made);
                } else {
                    lack = "the stored weights are not what " + task.method().name()
                            + " makes of the stored rollouts alone";
                }
            } catch (IllegalStateException | IllegalArgumentException e) {
                lack = task.method().name() + " cannot be asked again: " + e.getMessage();
            }
        }
        List<RejudgedEpisode> judged = new ArrayList<>();
        for (int i = 0; i < episodes.size(); i++) {
            judged.add(new RejudgedEpisode(
                    EpisodeStore.number(episodes.get(i).id()),
                    before(judge, episodes.get(i)),
                    now.get(i),
                    before.get(i),
                    after.get(i),
                    lack));
        }
        return judged;
    }

    /** What did not change has the very weight that is stored, and not one that differs in the last place. */
    private static List<Worth> withStored(List<EpisodeResource> episodes, List<Worth> made, List<Worth> now) {
        List<Worth> worths = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            Worth worth = now.get(i);
            boolean same = Objects.equals(worth.weight(), made.get(i).weight());
            worths.add(new Worth(
                    worth.feasible(),
                    worth.reward(),
                    same ? (Double) episodes.get(i).weight() : worth.weight()));
        }
        return worths;
    }

    private static List<JudgeVerdict> replaced(TaskJudge judge, EpisodeResource episode, JudgeVerdict now) {
        List<JudgeVerdict> verdicts = new ArrayList<>(episode.verdicts());
        int at = verdicts.indexOf(before(judge, episode));
        if (at < 0) {
            verdicts.add(now);
        } else {
            verdicts.set(at, now);
        }
        return verdicts;
    }

    /** Absent if no judge is replaced. */
    private static @Nullable JudgeVerdict before(TaskJudge judge, EpisodeResource episode) {
        return episode.verdicts().stream()
                .filter(verdict -> (verdict.judge() + "@" + verdict.version()).equals(judge.replaces()))
                .findFirst()
                .orElse(null);
    }
}
