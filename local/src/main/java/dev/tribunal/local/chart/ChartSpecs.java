package dev.tribunal.local.chart;

import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be drawn of a comparison's CSV files, which are beside it.
 *
 * @param data the comparison's name
 * @param arms in the order of legends and tables
 * @param document Markdown that has places for tables, from the folder of the data; needed for tables alone
 * @param curves metrics over the steps, with bands
 * @param intervals metrics at the end, with intervals
 * @param fronts trade-offs of several objectives, with their hypervolumes
 * @param tables metrics at the end
 * @param alarms which alarms were raised
 */
public record ChartSpecs(
        String data,
        @Size(min = 1, max = 32) List<Arm> arms,
        @Nullable String document,
        @Default("[]") @Size(max = 100) List<Curves> curves,
        @Default("[]") @Size(max = 100) List<Intervals> intervals,
        @Default("[]") @Size(max = 100) List<Fronts> fronts,
        @Default("[]") @Size(max = 100) List<Table> tables,
        @Default("[]") @Size(max = 100) List<AlarmTable> alarms)
        implements Checked {

    private static final String NAME = "[a-z0-9][a-z0-9.-]{0,60}";
    private static final String FILE = "[a-z0-9][a-z0-9.-]{0,60}\\.svg";

    @Override
    public void check(Findings findings) {
        if (document == null && !(tables.isEmpty() && alarms.isEmpty())) {
            findings.mistake("/document", "is missing: it is the Markdown file that the tables are put into");
        }
    }

    /** Those that are named, in the order of all of them; all if none is named. */
    List<Arm> arms(List<String> only) {
        return arms.stream()
                .filter(arm -> only.isEmpty() || only.contains(arm.arm()))
                .toList();
    }

    /** What of a metric: columns of the results. */
    public enum Show {
        VALUE("value", "low", "high"),
        /** Before training. */
        BEFORE("before", "beforeLow", "beforeHigh"),
        /** To the comparison's base. */
        DIFFERENCE("difference", "differenceLow", "differenceHigh");

        private final String value;
        private final String low;
        private final String high;

        Show(String value, String low, String high) {
            this.value = value;
            this.low = low;
            this.high = high;
        }

        String value() {
            return value;
        }

        String low() {
            return low;
        }

        String high() {
            return high;
        }
    }

    /**
     * One metric's part of a chart.
     *
     * @param metric its name
     * @param task default the mean over the tasks
     * @param title default the metric's name
     * @param show what is shown of it, where that is the end of training
     */
    public record Panel(
            String metric,
            @Nullable String task,
            @Nullable String title,
            @Default("value") Show show) {

        String heading() {
            return title == null ? metric + (task == null ? "" : ", " + task) : title;
        }
    }

    /**
     * @param arm its name
     * @param label default its name
     * @param dashed whether its line is dashed
     */
    public record Arm(
            String arm,
            @Nullable String label,
            @Default("false") boolean dashed) {

        String text() {
            return label == null ? arm : label;
        }
    }

    /**
     * @param file to be written
     * @param title above the chart
     * @param panels three in a row
     * @param only names of the arms that are drawn; default all
     */
    public record Curves(
            @Pattern(regexp = FILE) String file,
            String title,
            @Size(min = 1, max = 12) List<Panel> panels,
            @Default("[]") @Size(max = 32) List<String> only) {}

    /** As {@link Curves}, with a row for each arm, and all panels in a row. */
    public record Intervals(
            @Pattern(regexp = FILE) String file,
            String title,
            @Size(min = 1, max = 6) List<Panel> panels,
            @Default("[]") @Size(max = 32) List<String> only) {}

    /**
     * A reward model's mean score on held-out prompts.
     *
     * @param name of the reward model
     * @param reference the worst that counts for the hypervolume
     */
    public record Objective(String name, double reference) {}

    /**
     * The points of one method.
     *
     * @param label in the legend
     * @param arms each is a point by its held-out scores, or has the points of its {@code stages}
     * @param stages whose artifacts have the scores: one point each, or one for each weighting that a sweep measured. Default:
     *     none
     */
    public record Front(
            String label,
            @Size(min = 1, max = 32) List<String> arms,
            @Default("[]") @Size(max = 64) List<String> stages) {}

    /**
     * @param objectives two or more; each pair of them is a panel
     * @param fronts of the methods, in the order of the legend
     */
    public record Fronts(
            @Pattern(regexp = FILE) String file,
            String title,
            @Size(min = 2, max = 5) List<Objective> objectives,
            @Size(min = 1, max = 8) List<Front> fronts) {}

    /**
     * A table, with a row for each arm.
     *
     * @param name of the place in the document: between the lines {@code <!-- table NAME -->} and {@code <!-- end -->}
     * @param panels its columns
     * @param only names of the arms that are its rows; default all
     */
    public record Table(
            @Pattern(regexp = NAME) String name,
            @Size(min = 1, max = 12) List<Panel> panels,
            @Default("[]") @Size(max = 32) List<String> only) {}

    /**
     * As {@link Table}: of each arm how many runs raised an alarm, at which step first, and which others were raised.
     *
     * @param type of the alarm
     */
    public record AlarmTable(
            @Pattern(regexp = NAME) String name,
            @Default("reward-hacking") String type,
            @Default("[]") @Size(max = 32) List<String> only) {}
}
