package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.EpisodeResource;
import dev.tribunal.contracts.runs.v1.EpisodeResource.ModelScore;
import dev.tribunal.contracts.runs.v1.RunResource;
import dev.tribunal.contracts.runs.v1.RunsApi;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.Screen;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run episodes}: the stored rollouts of a run, and why each was rewarded as it was. */
@Command(
        name = "episodes",
        description = "Show the stored rollouts of a run, and why each was rewarded as it was; with --json one object a"
                + " line.")
final class RunEpisodesCommand extends RunPartCommand {

    private static final int PAGE = 100;
    private static final long PAUSE_MS = 500;

    @Option(names = "--step", description = "Only those of this step.")
    private @Nullable Integer step;

    @Option(names = "--task", description = "Only those of this task.")
    private @Nullable String task;

    @Option(names = "--judge", paramLabel = "NAME[@VERSION]", description = "Only those that this judge was asked of.")
    private @Nullable String judge;

    @Option(
            names = "--verdict",
            description = "Only those with this verdict, of --judge or of any: satisfied, violated or undecided.")
    private @Nullable String verdict;

    @Option(names = "--split", description = "Only train or held-out rollouts.")
    private @Nullable String split;

    @Option(names = "--limit", description = "At most so many; default ${DEFAULT-VALUE}, with --follow no end.")
    private int limit = 20;

    @Option(
            names = {"-f", "--follow"},
            description = "Show those that follow, too, until the run has ended. Ctrl-C ends the watching only.")
    private boolean follow;

    RunEpisodesCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() throws InterruptedException {
        RunsApi runs = platform.connect().runs();
        RunResource run = run(runs);
        requireTask(run, task);
        String cursor = null;
        int shown = 0;
        while (true) {
            boolean last = !follow || runs.get(run.id()).state().terminal();
            int wanted = follow ? PAGE : Math.min(PAGE, limit - shown);
            Page<EpisodeResource> page = runs.episodes(run.id(), step, task, judge, verdict, split, cursor, wanted);
            for (EpisodeResource episode : page.data()) {
                show(episode, () -> lines(episode));
            }
            shown += page.data().size();
            if (!follow && shown >= limit && page.hasMore()) {
                screenNote("(there are more; raise --limit)");
            }
            if (last && (!page.hasMore() || (!follow && shown >= limit))) {
                if (shown == 0) {
                    screenNote("(no rollouts are stored that are asked for)");
                }
                return ExitCode.SUCCESS;
            }
            cursor = page.nextCursor() != null ? page.nextCursor() : cursor;
            if (!page.hasMore()) {
                Thread.sleep(PAUSE_MS);
            }
        }
    }

    private void screenNote(String line) {
        if (!json) {
            out().print(line);
        }
    }

    private static List<String> lines(EpisodeResource episode) {
        List<String> lines = new ArrayList<>();
        lines.add(episode.id() + "  step " + episode.step() + ", task " + episode.task() + ", "
                + Words.of(episode.split()) + ", prompt " + episode.prompt() + ", sample " + episode.sample() + ", "
                + episode.tokenIds().size() + " tokens, " + episode.finishReason());
        for (Message message : episode.messages()) {
            lines.add("  " + message.role() + ": " + message.content());
        }
        lines.add("  > " + episode.completion());
        for (JudgeVerdict verdict : episode.verdicts()) {
            lines.add("  " + verdict.judge() + "@" + verdict.version() + ": " + Words.of(verdict.verdict())
                    + because(verdict));
        }
        lines.add("  " + arithmetic(episode));
        lines.add("");
        return lines;
    }

    private static String because(JudgeVerdict verdict) {
        if (verdict.error() != null) {
            return " (" + verdict.error().code() + ": " + verdict.error().detail() + ")";
        }
        return verdict.reason() == null || verdict.reason().isBlank() ? "" : " (" + verdict.reason() + ")";
    }

    /** From the score to the weight, as far as the method goes that way. */
    private static String arithmetic(EpisodeResource episode) {
        List<String> parts = new ArrayList<>();
        if (episode.scoreError() != null) {
            parts.add("no score: " + episode.scoreError());
        }
        for (ModelScore score : episode.scores()) {
            String of = episode.scores().size() == 1 ? "" : " by " + score.name();
            add(parts, "score" + of, score.score());
            add(parts, "of the baseline completion" + of, score.baseline());
        }
        if (!Objects.equals(episode.reward(), episode.calibratedReward())) {
            add(parts, "reward", episode.reward());
        }
        add(parts, "calibrated reward", episode.calibratedReward());
        parts.add(episode.feasible() == null ? "undecided" : episode.feasible() ? "feasible" : "infeasible: reward 0");
        add(parts, "log-ratio", episode.logRatio());
        add(parts, "regularized reward", episode.regularizedReward());
        add(parts, "weight", episode.weight());
        if (episode.role() != null) {
            parts.add("taken for " + episode.role());
        }
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, String what, @Nullable ScoreValue score) {
        add(parts, what, score == null ? null : (Double) score.value());
    }

    private static void add(List<String> parts, String what, @Nullable Double value) {
        if (value != null) {
            parts.add(String.format(Locale.ROOT, "%s %.4f", what, value));
        }
    }
}
