package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.ModelScore;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.RunPartCommand;
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

    @Option(names = "--prompt", description = "Only those of the prompt with this index in the task's file, from 0.")
    private @Nullable Integer prompt;

    @Option(
            names = "--violated",
            paramLabel = "NAME[@VERSION]",
            description = "Only those that this judge found violated; given twice, that both did.")
    private List<String> violated = List.of();

    @Option(names = "--finish-reason", description = "Only those that ended so: stop or length, for example.")
    private @Nullable String finishReason;

    @Option(names = "--min-score", description = "Only those with at least this score.")
    private @Nullable Double minScore;

    @Option(names = "--max-score", description = "Only those with at most this score.")
    private @Nullable Double maxScore;

    @Option(names = "--order", description = "committed (default), shortest, longest, lowest-score or highest-score.")
    private @Nullable String order;

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
        int shown = follow ? showAndFollow(runs, run.id()) : showFirst(runs, run.id());
        if (shown == 0) {
            screenNote("(no rollouts are stored that are asked for)");
        }
        return ExitCode.SUCCESS;
    }

    private int showFirst(RunsApi runs, String run) {
        int shown = 0;
        String cursor = null;
        do {
            Page<EpisodeResource> page = page(runs, run, cursor, Math.min(PAGE, limit - shown));
            shown += show(page, 0);
            cursor = page.nextCursor();
        } while (cursor != null && shown < limit);
        if (cursor != null) {
            screenNote("(there are more; raise --limit)");
        }
        return shown;
    }

    private int showAndFollow(RunsApi runs, String run) throws InterruptedException {
        int shown = 0;
        int ofPage = 0;
        String cursor = null;
        while (true) {
            // Asked before the rollouts are read: those of a run that has ended are then all there.
            boolean last = runs.get(run).state().terminal();
            Page<EpisodeResource> page = page(runs, run, cursor, PAGE);
            shown += show(page, ofPage);
            if (page.hasMore()) {
                cursor = page.nextCursor();
                ofPage = 0;
            } else if (last) {
                return shown;
            } else {
                ofPage = page.data().size(); // the last page has no cursor after it: it is read again when it has grown
                Thread.sleep(PAUSE_MS);
            }
        }
    }

    private Page<EpisodeResource> page(RunsApi runs, String run, @Nullable String cursor, int size) {
        return runs.episodes(
                run,
                step,
                task,
                prompt,
                judge,
                verdict,
                violated,
                split,
                finishReason,
                minScore,
                maxScore,
                order,
                cursor,
                size);
    }

    /**
     * @param from the first of the page that has not been shown
     * @return how many are shown
     */
    private int show(Page<EpisodeResource> page, int from) {
        // A run that goes on from a checkpoint takes rollouts back, and then takes the same ones again.
        List<EpisodeResource> fresh = page.data().stream().skip(from).toList();
        fresh.forEach(episode -> show(episode, () -> lines(episode)));
        return fresh.size();
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
            lines.add("  " + verdict.judge() + "@" + verdict.version() + ": " + Paint.state(Words.of(verdict.verdict()))
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
