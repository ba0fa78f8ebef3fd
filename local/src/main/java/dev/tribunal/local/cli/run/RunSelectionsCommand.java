package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.RunPartCommand;
import dev.tribunal.methods.online.PfPpo;
import dev.tribunal.methods.online.PfPpo.Judged;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run selections}: which of PF-PPO's selections suits what scored a run's rollouts. */
@Command(
        name = "selections",
        description = {
            "Show how well the rewards of what each selection of pf-ppo would draw from a run's rollouts say which are"
                    + " feasible: R^2, the highest first.",
            "docs/methods/pf-ppo.md says what selections are."
        })
final class RunSelectionsCommand extends RunPartCommand {

    private static final int PAGE = 200;

    @Option(names = "--task", description = "Only rollouts of this task.")
    private @Nullable String task;

    @Option(names = "--split", description = "train or held-out rollouts; default ${DEFAULT-VALUE}.")
    private String split = "train";

    @Option(
            names = "--judge",
            paramLabel = "NAME[@VERSION]",
            description =
                    "What rollouts are worth: this judge's score, or 1 for satisfied and 0 for violated where it gives"
                            + " none; default whether all judges are satisfied.")
    private @Nullable String judge;

    @Option(names = "--threshold", description = "Of the top selections; default ${DEFAULT-VALUE}.")
    private double threshold = 0.5;

    @Option(names = "--exponent", description = "Of the power selection; default ${DEFAULT-VALUE}.")
    private double exponent = 2;

    RunSelectionsCommand(Screen screen) {
        super(screen);
    }

    /**
     * What there is of a task.
     *
     * @param rollouts that have a reward and are judged
     * @param rSquared by selection, the highest first; those of which all rollouts are worth the same have none
     */
    record Selections(String stage, String task, int prompts, int rollouts, Map<String, Double> rSquared) {}

    @Override
    public Integer call() {
        RunsApi runs = platform.connect().runs();
        RunResource run = run(runs);
        requireTask(run, task);
        List<Selections> all = new ArrayList<>();
        byTask(runs, run.id())
                .forEach((of, prompts) -> all.add(new Selections(
                        of.getFirst(),
                        of.getLast(),
                        prompts.size(),
                        prompts.values().stream().mapToInt(List::size).sum(),
                        sorted(PfPpo.fits(List.copyOf(prompts.values()), threshold, exponent)))));
        show(Page.of(all), () -> lines(all));
        return ExitCode.SUCCESS;
    }

    /** By stage and task, and in these by step and prompt. */
    private Map<List<String>, Map<List<Integer>, List<Judged>>> byTask(RunsApi runs, String run) {
        Map<List<String>, Map<List<Integer>, List<Judged>>> byTask = new LinkedHashMap<>();
        String cursor = null;
        do {
            Page<EpisodeResource> page = runs.episodes(run, null, task, null, null, split, cursor, PAGE);
            for (EpisodeResource episode : page.data()) {
                Double reward = episode.reward();
                Double worth = worth(episode);
                if (episode.sample() >= 0 && reward != null && worth != null) {
                    byTask.computeIfAbsent(List.of(episode.stage(), episode.task()), first -> new LinkedHashMap<>())
                            .computeIfAbsent(List.of(episode.step(), episode.prompt()), first -> new ArrayList<>())
                            .add(new Judged(reward, worth));
                }
            }
            cursor = page.nextCursor();
        } while (cursor != null);
        return byTask;
    }

    private @Nullable Double worth(EpisodeResource episode) {
        if (judge == null) {
            Boolean feasible = episode.feasible();
            return feasible == null ? null : (Double) (feasible ? 1.0 : 0.0);
        }
        return episode.verdicts().stream()
                .filter(verdict ->
                        judge.equals(verdict.judge()) || judge.equals(verdict.judge() + "@" + verdict.version()))
                .filter(verdict -> verdict.verdict() == Verdict.SATISFIED || verdict.verdict() == Verdict.VIOLATED)
                .findFirst()
                .map(RunSelectionsCommand::worth)
                .orElse(null);
    }

    private static Double worth(JudgeVerdict verdict) {
        Double score = verdict.score();
        return score != null ? score : (Double) (verdict.verdict() == Verdict.SATISFIED ? 1.0 : 0.0);
    }

    private static Map<String, Double> sorted(Map<String, Double> fits) {
        Map<String, Double> sorted = new LinkedHashMap<>();
        fits.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(fit -> sorted.put(fit.getKey(), fit.getValue()));
        return sorted;
    }

    private static List<String> lines(List<Selections> all) {
        TextTable table = new TextTable("STAGE", "TASK", "ROLLOUTS", "SELECTION", "R^2");
        for (Selections one : all) {
            one.rSquared()
                    .forEach((selection, fit) -> table.add(
                            one.stage(),
                            one.task(),
                            String.valueOf(one.rollouts()),
                            selection,
                            String.format(Locale.ROOT, "%.3f", fit)));
        }
        List<String> lines = new ArrayList<>(table.lines());
        all.stream()
                .filter(one -> one.rSquared().isEmpty())
                .forEach(one -> lines.add("(the " + one.rollouts() + " rollouts of task '" + one.task()
                        + "' with rewards are all worth the same: there is nothing to foretell)"));
        if (all.isEmpty()) {
            lines.add("(no rollout with a reward and a decided verdict is stored)");
        }
        return lines;
    }
}
