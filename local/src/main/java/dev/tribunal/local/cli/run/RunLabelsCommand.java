package dev.tribunal.local.cli.run;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.runs.v1.label.LabelAgreement;
import dev.tribunal.contracts.runs.v1.label.LabelResource;
import dev.tribunal.contracts.runs.v1.label.LabelVerdict;
import dev.tribunal.contracts.runs.v1.label.LabelsApi;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.local.cli.screen.AgreementTables;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.RunPartCommand;
import dev.tribunal.methods.statistics.Agreement;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run labels}: what people say of a run's rollouts, and how far the judges say the same. */
@Command(
        name = "labels",
        description = "Show what people say of a run's rollouts, how far the judges say the same, or write both down as"
                + " items that ./tribunal judge evaluate --expected expected reads.")
final class RunLabelsCommand extends RunPartCommand {

    private static final int PAGE = 500;
    private static final String ALL_CONSTRAINTS = "all constraints";

    @Option(names = "--task", description = "Only rollouts of this task.")
    private @Nullable String task;

    @Option(names = "--judge", paramLabel = "NAME", description = "Only labels that name this judge.")
    private @Nullable String judge;

    @ArgGroup
    private What what = new What();

    static final class What {

        @Option(names = "--agreement", description = "How far each judge says what people say.")
        private boolean agreement;

        @Option(
                names = "--items",
                description = "One judge/v1 item a line, with the label as 'expected', and 'step', 'task' and 'by'.")
        private boolean items;
    }

    RunLabelsCommand(Screen screen) {
        super(screen);
    }

    /** A line for {@code judge evaluate}. */
    record LabelledItem(
            @JsonUnwrapped JudgeItem item,
            LabelVerdict expected,
            @Nullable String judge,
            int step,
            String task,
            @Nullable String note,
            @Nullable String by) {}

    @Override
    public Integer call() {
        PlatformClient client = platform.connect();
        RunResource run = run(client.runs());
        requireTask(run, task);
        if (what.agreement) {
            LabelAgreement agreement = client.labels().agreement(run.id(), task);
            show(agreement, () -> lines(agreement));
        } else {
            List<LabelResource> labels = all(client.labels(), run.id());
            if (what.items) {
                labels.forEach(label -> {
                    if (label.item() != null) {
                        out().json(new LabelledItem(
                                named(label.item(), label.judge()),
                                label.verdict(),
                                label.judge(),
                                label.step(),
                                label.task(),
                                label.note(),
                                label.by()));
                    }
                });
            } else {
                show(Page.of(labels), () -> table(labels));
            }
        }
        return ExitCode.SUCCESS;
    }

    /** A rollout has a label for each judge at most, and an item needs an id of its own. */
    private static JudgeItem named(JudgeItem item, @Nullable String judge) {
        return judge == null
                ? item
                : new JudgeItem(
                        item.itemId() + "." + judge,
                        item.messages(),
                        item.completion(),
                        item.reference(),
                        item.metadata());
    }

    private List<LabelResource> all(LabelsApi labels, String run) {
        List<LabelResource> all = new ArrayList<>();
        String cursor = null;
        do {
            Page<LabelResource> page = labels.list(run, task, judge, what.items, cursor, PAGE);
            all.addAll(page.data());
            cursor = page.nextCursor();
        } while (cursor != null);
        return all;
    }

    private static List<String> table(List<LabelResource> labels) {
        if (labels.isEmpty()) {
            return List.of("(nobody has said anything of this run's rollouts)");
        }
        TextTable table = new TextTable("ROLLOUT", "STEP", "TASK", "LABEL", "OF", "BY", "NOTE");
        for (LabelResource label : labels) {
            table.add(
                    label.episode(),
                    Integer.toString(label.step()),
                    label.task(),
                    Words.of(label.verdict()),
                    label.judge() == null ? ALL_CONSTRAINTS : label.judge(),
                    label.by() == null ? "-" : label.by(),
                    label.note() == null ? "" : label.note());
        }
        return table.lines();
    }

    private static List<String> lines(LabelAgreement agreement) {
        Map<String, Agreement> rows = new LinkedHashMap<>();
        if (agreement.constraints() != null) {
            rows.put(ALL_CONSTRAINTS, agreement.constraints().agreement());
        }
        agreement
                .judges()
                .forEach(of ->
                        rows.put(of.judge() + "@" + of.version(), of.compared().agreement()));
        List<String> lines = new ArrayList<>();
        lines.add(agreement.labels() + " labels, of which " + agreement.skipped() + " skip");
        if (!rows.isEmpty()) {
            lines.addAll(AgreementTables.of("JUDGE", rows));
        }
        agreement.judges().stream()
                .filter(of -> !of.compared().disagreements().isEmpty())
                .forEach(of -> lines.add("people say otherwise than " + of.judge() + "@" + of.version() + " of "
                        + String.join(", ", of.compared().disagreements())));
        return lines;
    }
}
