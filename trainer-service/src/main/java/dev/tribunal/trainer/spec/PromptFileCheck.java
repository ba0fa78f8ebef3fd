package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.methods.Experience;
import dev.tribunal.servicekit.files.JsonLines;
import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import dev.tribunal.servicekit.files.JsonLines.Line;
import dev.tribunal.servicekit.files.JsonLines.Place;
import dev.tribunal.servicekit.files.LineMistakes;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whether a run's tasks can use every line of one prompt file, with their model and their judges. The file is read
 * once, line by line; of a line only a hash is kept, and of mistakes the first few.
 */
final class PromptFileCheck {

    /** Between two words of how far it is; lines may be slow. */
    private static final long PROGRESS_NANOS = 200_000_000;

    private final Path file;
    private final List<FileUse> uses;
    private final @Nullable PromptTokens tokens;
    private final JudgeChecks judges;
    private final Checking checking;

    private final Map<FileUse, LineMistakes> mistakes = new LinkedHashMap<>();
    private final ContentHashes hashes = new ContentHashes();
    private long[] lines = new long[64];
    private boolean elements;
    private int checked;
    private int longest;
    private long longestLine;
    private long told = System.nanoTime();
    private @Nullable String digest;
    private boolean unfinished;

    /** @param tokens of the model; absent if it is not known, and lengths then stay unchecked */
    PromptFileCheck(
            Path file, List<FileUse> uses, @Nullable PromptTokens tokens, JudgeChecks judges, Checking checking) {
        this.file = file;
        this.uses = List.copyOf(uses);
        this.tokens = tokens;
        this.judges = judges;
        this.checking = checking;
        uses.forEach(use -> mistakes.put(use, new LineMistakes()));
    }

    /** Reads the file to its end, or until the time is up. */
    void run(List<FieldError> found) {
        try {
            digest = JsonLines.scan(file, new Lines());
            judges.finish(this::judgeProblem);
        } catch (TimeIsUp later) {
            unfinished = true;
        } catch (InvalidLinesException unreadable) {
            uses.forEach(use -> found.add(new FieldError(use.pointer(), String.valueOf(unreadable.getMessage()))));
            return;
        }
        mistakes.forEach((use, wrong) -> {
            if (!wrong.isEmpty()) {
                found.add(new FieldError(
                        use.pointer(),
                        file + ": " + wrong + (!unfinished ? "" : " (of its first " + checked + " lines)")));
            }
        });
    }

    /** Tokens of the longest prompt that completions are sampled for, as the policy counts them. */
    int longest() {
        return longest;
    }

    /** What is wrong if a reward model cannot read the longest prompt and a completion; absent if it can. */
    @Nullable
    FieldError unreadable(FileUse.Reader reader) {
        int room = reader.maxTokens() - longest;
        if (tokens == null || tokens.maxNewTokens() <= room) {
            return null;
        }
        return new FieldError(
                reader.pointer(),
                "'" + reader.rewardModel() + "' reads at most " + reader.maxTokens()
                        + " tokens, but the longest prompt of " + file.getFileName() + ", "
                        + named(new long[] {longestLine}, 1) + ", has " + longest
                        + " as the policy counts them, and policy.maxNewTokens is " + tokens.maxNewTokens() + "; "
                        + (room > 0 ? "lower policy.maxNewTokens to " + room + ", " : "")
                        + "shorten the prompt or leave it out, or take a reward model that reads more");
    }

    Path file() {
        return file;
    }

    List<FileUse> uses() {
        return uses;
    }

    /** The file's SHA-256; absent while it was not read to its end. */
    @Nullable
    String digest() {
        return digest;
    }

    /** Whether the file was read to its end. */
    boolean finished() {
        return digest != null;
    }

    /** Whether the time was up before its end. */
    boolean unfinished() {
        return unfinished;
    }

    /** Prompts looked at. */
    int checked() {
        return checked;
    }

    /** Numbers of the lines that another file has as well, white space aside. */
    long[] linesSharedWith(PromptFileCheck other) {
        return Arrays.stream(hashes.sharedWith(other.hashes))
                .mapToLong(index -> lines[index])
                .toArray();
    }

    private final class Lines implements JsonLines.LineVisitor {

        @Override
        public void line(Line line) {
            look();
            try {
                Prompt prompt = PromptFile.prompt(checked, line.object());
                remember(prompt, line.place());
                if (tokens != null) {
                    checkLength(tokens, prompt, line.place());
                }
                for (FileUse use : uses) {
                    check(prompt, line.place(), use);
                }
            } catch (IllegalArgumentException e) {
                forAllTasks(line.place(), String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void malformed(Place place, String mistake) {
            look();
            forAllTasks(place, mistake);
        }
    }

    private void forAllTasks(Place place, String mistake) {
        mistakes.values().forEach(kept -> kept.add(place, mistake));
    }

    private void look() {
        if (checking.timeIsUp().getAsBoolean()) {
            throw new TimeIsUp();
        }
        checked++;
        long now = System.nanoTime();
        if (now - told > PROGRESS_NANOS) {
            told = now;
            checking.progress().accept("checking " + file.getFileName() + ": " + checked + " lines");
        }
    }

    private void remember(Prompt prompt, Place place) {
        hashes.add(prompt.messages());
        if (hashes.size() > lines.length) {
            lines = Arrays.copyOf(lines, 2 * lines.length);
        }
        lines[hashes.size() - 1] = place.number();
        elements = place.element();
    }

    /** The longest of what the tasks' methods make of the prompt. */
    private void checkLength(PromptTokens counter, Prompt prompt, Place place) {
        Set<Experience> all = EnumSet.noneOf(Experience.class);
        uses.stream().map(FileUse::experience).filter(Objects::nonNull).forEach(all::add);
        for (Experience experience : all) {
            switch (experience) {
                case ROLLOUTS -> {
                    int length = counter.requireRoom(prompt.messages(), counter.maxNewTokens(), "maxNewTokens");
                    if (length > longest) {
                        longest = length;
                        longestLine = place.number();
                    }
                }
                case DEMONSTRATIONS, RATED_ANSWERS ->
                    requireRoom(counter, prompt, prompt.completion(), "its completion's");
                case PAIRS -> {
                    requireRoom(counter, prompt, prompt.chosen(), "its chosen completion's");
                    requireRoom(counter, prompt, prompt.rejected(), "its rejected completion's");
                }
            }
        }
    }

    private static void requireRoom(PromptTokens counter, Prompt prompt, @Nullable String completion, String name) {
        if (completion != null) {
            counter.requireRoom(prompt.messages(), counter.count(completion) + 1, name);
        }
    }

    private void check(Prompt prompt, Place place, FileUse use) {
        List<String> wrong = wrong(prompt, use);
        LineMistakes kept = mistakes.get(use);
        if (kept != null && !wrong.isEmpty()) {
            kept.add(place, String.join(", ", wrong));
        } else {
            use.judges().forEach(judge -> judges.ask(judge, use, prompt, place, this::judgeProblem));
        }
    }

    private static List<String> wrong(Prompt prompt, FileUse use) {
        Experience experience = use.experience();
        if (experience == null) {
            return List.of();
        }
        return switch (experience) {
            case DEMONSTRATIONS -> prompt.completion() == null ? List.of("has no \"completion\" to learn") : List.of();
            case PAIRS -> wrongPair(prompt);
            case RATED_ANSWERS -> wrongRating(prompt);
            case ROLLOUTS -> {
                List<String> wrong = new ArrayList<>();
                String field = use.baselineField();
                if (field != null && prompt.baselineCompletion(field).isEmpty()) {
                    wrong.add("has no \"" + field + "\" for the baseline completion");
                }
                use.needed().forEach((name, judge) -> {
                    if (isMissing(prompt.line(), name)) {
                        wrong.add("has no \"" + name + "\", which the judge '" + judge + "' needs");
                    }
                });
                yield wrong;
            }
        };
    }

    private static List<String> wrongRating(Prompt prompt) {
        List<String> wrong = new ArrayList<>();
        if (prompt.completion() == null) {
            wrong.add("has no \"completion\" that is rated");
        }
        if (prompt.rating().isEmpty()) {
            wrong.add("has no number as \"rating\"");
        }
        if (prompt.expectedRating().isEmpty()) {
            wrong.add("has no number as \"expectedRating\", the mean rating of the reference's answers to the prompt");
        }
        return wrong;
    }

    private static List<String> wrongPair(Prompt prompt) {
        List<String> wrong = new ArrayList<>();
        if (prompt.chosen() == null) {
            wrong.add("has no \"chosen\" completion");
        }
        if (prompt.rejected() == null) {
            wrong.add("has no \"rejected\" completion");
        }
        if (prompt.chosen() != null && prompt.chosen().equals(prompt.rejected())) {
            wrong.add("has the same text as \"chosen\" and as \"rejected\"");
        }
        try {
            prompt.pairLabel();
        } catch (IllegalArgumentException wrongLabel) {
            wrong.add(String.valueOf(wrongLabel.getMessage()));
        }
        return wrong;
    }

    private void judgeProblem(FileUse use, Place place, String problem) {
        LineMistakes kept = mistakes.get(use);
        if (kept != null) {
            kept.add(place, problem);
        }
    }

    private static boolean isMissing(JsonNode line, String field) {
        JsonNode found = line;
        for (String level : field.split("\\.", -1)) {
            found = found.path(level);
        }
        return found.isMissingNode() || found.isNull();
    }

    /** {@code lines 1, 2 and 3}. */
    String named(long[] numbers, int most) {
        String shown = Arrays.stream(numbers)
                .limit(most)
                .mapToObj(String::valueOf)
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
        return (elements ? "elements " : "lines ")
                + shown
                + (numbers.length > most ? " and " + (numbers.length - most) + " more" : "");
    }

    /** The rest of the file is for later. */
    private static final class TimeIsUp extends RuntimeException {
        TimeIsUp() {
            super("the rest is checked later", null, false, false);
        }
    }
}
