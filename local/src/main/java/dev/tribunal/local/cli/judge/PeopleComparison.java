package dev.tribunal.local.cli.judge;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.local.cli.judge.AskingCommand.ItemLine;
import dev.tribunal.local.cli.screen.AgreementTables;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.methods.statistics.Agreement;
import dev.tribunal.methods.statistics.Confusion;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What people say of items, to be held against what a judge says. */
final class PeopleComparison {

    private static final String SKIP = "skip";
    private static final String NO_GROUP = "(none)";
    private static final int MOST_TEXT = 160;

    private final List<ItemLine> lines;

    /** One a line; null where a line says nothing. */
    private final List<@Nullable Verdict> expected;

    private final @Nullable String by;

    private PeopleComparison(List<ItemLine> lines, List<@Nullable Verdict> expected, @Nullable String by) {
        this.lines = lines;
        this.expected = expected;
        this.by = by;
    }

    /**
     * @param satisfiedWhen the values that mean satisfied; absent for the usual words
     * @throws CommandException naming the lines whose value means nothing, or if no line has any
     */
    static PeopleComparison of(
            List<ItemLine> lines, String field, @Nullable Set<String> satisfiedWhen, @Nullable String by) {
        List<@Nullable Verdict> expected = new ArrayList<>();
        List<String> unclear = new ArrayList<>();
        for (ItemLine line : lines) {
            String value = text(line.line(), field);
            Verdict verdict = value == null || value.equals(SKIP) ? null : verdict(value, satisfiedWhen);
            if (verdict == null && value != null && !value.equals(SKIP)) {
                unclear.add(line.item().itemId() + ": '" + value + "'");
            }
            expected.add(verdict);
        }
        if (!unclear.isEmpty()) {
            throw new CommandException("--expected " + field
                    + " has to be satisfied, violated, true, false, 1, 0 or skip,"
                    + " and is of " + unclear.size() + " items something else, such as "
                    + String.join(", ", unclear.subList(0, Math.min(3, unclear.size())))
                    + "; say with --satisfied-when which values mean satisfied");
        }
        if (expected.stream().allMatch(verdict -> verdict == null)) {
            throw new CommandException(
                    "no line has a verdict in its field '" + field + "'; --expected names the field");
        }
        return new PeopleComparison(lines, expected, by);
    }

    private static @Nullable Verdict verdict(String value, @Nullable Set<String> satisfiedWhen) {
        if (satisfiedWhen != null) {
            return satisfiedWhen.contains(value) ? Verdict.SATISFIED : Verdict.VIOLATED;
        }
        return switch (value) {
            case "satisfied", "true", "1" -> Verdict.SATISFIED;
            case "violated", "false", "0" -> Verdict.VIOLATED;
            default -> null;
        };
    }

    private static @Nullable String text(JsonNode line, String field) {
        JsonNode found = line;
        for (String level : field.split("\\.", -1)) {
            found = found.path(level);
        }
        return found.isMissingNode() || found.isNull() ? null : found.asString("");
    }

    /**
     * @param unlabelled items that people say nothing of
     * @param groups by the field's values; absent unless it is asked for
     */
    record Report(
            String judge,
            int items,
            long unlabelled,
            Agreement agreement,
            @Nullable Map<String, Agreement> groups,
            List<Disagreement> disagreements) {

        List<String> lines(int shown) {
            Map<String, Agreement> rows = new LinkedHashMap<>();
            rows.put("all", agreement);
            if (groups != null) {
                rows.putAll(groups);
            }
            List<String> lines = new ArrayList<>(AgreementTables.of("GROUP", rows));
            if (unlabelled > 0) {
                lines.add(unlabelled + " of " + items + " items have no person's verdict");
            }
            lines.add(disagreements.isEmpty() ? "No disagreements." : disagreements.size() + " disagreements:");
            disagreements.stream().limit(shown).forEach(one -> lines.add("  " + one.line()));
            if (disagreements.size() > shown) {
                lines.add("  (and " + (disagreements.size() - shown) + " more; raise --disagreements, or take --json)");
            }
            return lines;
        }
    }

    /**
     * @param expected what the person says
     * @param reason the judge's own words
     */
    record Disagreement(
            String itemId,
            @Nullable String group,
            Verdict expected,
            Verdict verdict,
            @Nullable Double score,
            @Nullable String reason,
            String completion) {

        String line() {
            return itemId + ": people say " + Words.of(expected) + ", the judge " + Words.of(verdict)
                    + (reason == null ? "" : " (" + reason + ")") + ": " + shortened(completion);
        }
    }

    static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() > MOST_TEXT ? line.substring(0, MOST_TEXT) + "..." : line;
    }

    /** @param results one a line, in order */
    Report report(String judge, List<Result> results) {
        Counts all = new Counts();
        Map<String, Counts> groups = new TreeMap<>();
        List<Disagreement> disagreements = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Verdict person = expected.get(i);
            if (person == null) {
                continue;
            }
            JudgeItem item = lines.get(i).item();
            Result result = results.get(i);
            String group = by == null ? null : text(lines.get(i).line(), by);
            all.add(item, result.verdict(), person);
            if (by != null) {
                groups.computeIfAbsent(group == null ? NO_GROUP : group, value -> new Counts())
                        .add(item, result.verdict(), person);
            }
            if (decided(result.verdict()) && result.verdict() != person) {
                disagreements.add(new Disagreement(
                        item.itemId(),
                        group,
                        person,
                        result.verdict(),
                        result.score(),
                        result.reason(),
                        item.completion().text()));
            }
        }
        Map<String, Agreement> byGroup = new LinkedHashMap<>();
        groups.forEach((group, counts) -> byGroup.put(group, counts.agreement()));
        return new Report(
                judge,
                lines.size(),
                expected.stream().filter(verdict -> verdict == null).count(),
                all.agreement(),
                by == null ? null : byGroup,
                disagreements);
    }

    private static boolean decided(Verdict verdict) {
        return switch (verdict) {
            case SATISFIED, VIOLATED -> true;
            case UNDECIDED, NOT_ASKED -> false;
        };
    }

    private static final class Counts {

        /** Items of the same messages are completions of one prompt; an item without messages stands for itself. */
        private final Map<List<Message>, Confusion> byPrompt = new LinkedHashMap<>();

        private final List<Confusion> single = new ArrayList<>();
        private long undecided;

        void add(JudgeItem item, Verdict judge, Verdict person) {
            if (!decided(judge)) {
                undecided++;
                return;
            }
            Confusion one = Confusion.of(judge == Verdict.SATISFIED, person == Verdict.SATISFIED);
            if (item.messages().isEmpty()) {
                single.add(one);
            } else {
                byPrompt.merge(item.messages(), one, Confusion::plus);
            }
        }

        Agreement agreement() {
            List<Confusion> parts = new ArrayList<>(byPrompt.values());
            parts.addAll(single);
            return Agreement.of(parts, undecided);
        }
    }
}
