package dev.tribunal.local.cli.screen;

import dev.tribunal.methods.statistics.Agreement;
import dev.tribunal.methods.statistics.Agreement.OfVerdict;
import dev.tribunal.methods.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far judges say what people say, as tables. */
public final class AgreementTables {

    private AgreementTables() {}

    /** @param what heading of the first column */
    public static List<String> of(String what, Map<String, Agreement> agreements) {
        TextTable first = new TextTable(what, "DECIDED", "UNDECIDED", "ACCURACY", "KAPPA");
        TextTable second = new TextTable(what, "VERDICT", "PRECISION", "RECALL");
        agreements.forEach((name, agreement) -> {
            first.add(
                    name,
                    Long.toString(agreement.counts().n()),
                    Long.toString(agreement.undecided()),
                    cell(agreement.accuracy()),
                    cell(agreement.kappa()));
            add(second, name, "satisfied", agreement.satisfied());
            add(second, name, "violated", agreement.violated());
        });
        List<String> lines = new ArrayList<>(first.lines());
        lines.add("");
        lines.addAll(second.lines());
        lines.add("(95 % intervals; completions of one prompt count together; what is undecided is in no share)");
        return lines;
    }

    private static void add(TextTable table, String name, String verdict, OfVerdict of) {
        table.add(name, verdict, cell(of.precision()), cell(of.recall()));
    }

    /** {@code 0.91 [0.84, 0.95]}; a dash where nothing is known. */
    public static String cell(@Nullable Estimate estimate) {
        return estimate == null
                ? "-"
                : String.format(Locale.ROOT, "%.2f [%.2f, %.2f]", estimate.value(), estimate.low(), estimate.high());
    }
}
