package dev.tribunal.local.cli.run.export;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.InputFile;
import dev.tribunal.local.cli.shared.RunPartCommand;
import dev.tribunal.servicekit.input.Words;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes rows of the stored rollouts of each prompt and step: what the policy answered then. A row's conversation stands in
 * {@code prompt} as a list of messages and its answers as lists of one message, which Tribunal's prompt files and TRL's
 * conversational data sets have in common; {@code provenance} says what decided.
 */
abstract class RunExportRowsCommand extends RunPartCommand {

    static final JsonMapper JSON = new JsonMapper();

    private static final int PAGE = 200;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where the rows go, JSON lines; default standard output.")
    private Path output = Path.of("-");

    @Option(names = "--task", description = "Only rollouts of this task.")
    private @Nullable String task;

    @Option(names = "--step", description = "Only rollouts of this step.")
    private @Nullable Integer step;

    @Option(names = "--split", description = "train or held-out rollouts; default ${DEFAULT-VALUE}.")
    private String split = "train";

    RunExportRowsCommand(Screen screen) {
        super(screen);
    }

    /** What {@code --json} prints after the file is written. */
    record Exported(String run, String file, long rows, long groups) {}

    /** The row of a group, if it has one. */
    abstract Optional<ObjectNode> row(List<EpisodeResource> group);

    @Override
    public Integer call() throws IOException {
        RunsApi runs = platform.connect().runs();
        RunResource run = run(runs);
        requireTask(run, task);
        if (InputFile.isStandardInput(output)) {
            long[] counts = export(runs, run.id(), row -> out().print(row.toString()));
            out().forJson().note(counts[0] + " rows of " + counts[1] + " groups");
            return ExitCode.SUCCESS;
        }
        Path file = output.toAbsolutePath().normalize();
        Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        long[] counts;
        try {
            try (Writer writer = Files.newBufferedWriter(unfinished)) {
                counts = export(runs, run.id(), row -> write(writer, row));
            }
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CommandException("cannot write " + file + ": " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        show(
                new Exported(run.id(), file.toString(), counts[0], counts[1]),
                counts[0] + " rows of " + counts[1] + " groups are in " + file);
        return ExitCode.SUCCESS;
    }

    private static void write(Writer writer, ObjectNode row) {
        try {
            writer.write(row.toString());
            writer.write('\n');
        } catch (IOException e) {
            throw new CommandException("cannot write: " + e.getMessage(), e);
        }
    }

    /** @return rows and groups */
    private long[] export(RunsApi runs, String run, Consumer<ObjectNode> rows) {
        long[] counts = new long[2];
        Map<Integer, List<EpisodeResource>> byPrompt = new LinkedHashMap<>();
        List<Object> unit = List.of();
        String cursor = null;
        do {
            Page<EpisodeResource> page = runs.episodes(run, step, task, null, null, split, cursor, PAGE);
            for (EpisodeResource episode : page.data()) {
                List<Object> of = List.of(episode.stage(), episode.step(), episode.task());
                if (!of.equals(unit)) {
                    finish(byPrompt, rows, counts);
                    unit = of;
                }
                if (episode.sample() >= 0) { // below it is the baseline completion
                    byPrompt.computeIfAbsent(episode.prompt(), prompt -> new ArrayList<>())
                            .add(episode);
                }
            }
            cursor = page.nextCursor();
        } while (cursor != null);
        finish(byPrompt, rows, counts);
        return counts;
    }

    private void finish(Map<Integer, List<EpisodeResource>> byPrompt, Consumer<ObjectNode> rows, long[] counts) {
        for (List<EpisodeResource> group : byPrompt.values()) {
            counts[1]++;
            row(group).ifPresent(row -> {
                counts[0]++;
                rows.accept(row);
            });
        }
        byPrompt.clear();
    }

    static List<EpisodeResource> feasible(List<EpisodeResource> group, boolean wanted) {
        return group.stream()
                .filter(episode -> episode.feasible() != null && episode.feasible() == wanted)
                .toList();
    }

    /** Those with rewards, or all of them where none has one. */
    static List<EpisodeResource> known(List<EpisodeResource> group) {
        List<EpisodeResource> scored =
                group.stream().filter(episode -> worth(episode) != null).toList();
        return scored.isEmpty() ? group : scored;
    }

    /** The first of those with the highest reward, constraints aside. */
    static Optional<EpisodeResource> best(List<EpisodeResource> group) {
        return group.reversed().stream().max(Comparator.comparingDouble(RunExportRowsCommand::rank));
    }

    static Optional<EpisodeResource> worst(List<EpisodeResource> group) {
        return group.stream().min(Comparator.comparingDouble(RunExportRowsCommand::rank));
    }

    /** 0 only where none of a list has a reward: the first is taken then. */
    static double rank(EpisodeResource episode) {
        Double worth = worth(episode);
        return worth == null ? 0 : worth;
    }

    private static @Nullable Double worth(EpisodeResource episode) {
        return episode.reward() == null ? episode.score() : episode.reward();
    }

    static ObjectNode row(EpisodeResource of) {
        ObjectNode row = JSON.createObjectNode();
        of.messages()
                .forEach(message -> row.withArray("prompt")
                        .addObject()
                        .put("role", message.role())
                        .put("content", message.content()));
        return row;
    }

    static void answer(ObjectNode row, String field, EpisodeResource episode) {
        Message answer = new Message("assistant", episode.completion());
        row.putArray(field).addObject().put("role", answer.role()).put("content", answer.content());
    }

    ObjectNode provenance(ObjectNode row, EpisodeResource of) {
        return row.putObject("provenance")
                .put("stage", of.stage())
                .put("step", of.step())
                .put("task", of.task())
                .put("prompt", of.prompt());
    }

    /** All fields in every row, for readers that make columns of them. */
    static void tell(ObjectNode provenance, String field, EpisodeResource episode) {
        ObjectNode told = provenance.putObject(field).put("episode", episode.id());
        told.put("score", episode.score());
        told.put("reward", episode.reward());
        told.put("feasible", episode.feasible());
        told.putArray("verdicts");
        episode.verdicts()
                .forEach(verdict -> told.withArray("verdicts")
                        .addObject()
                        .put("judge", verdict.judge() + "@" + verdict.version())
                        .put("verdict", Words.of(verdict.verdict()))
                        .put("reason", verdict.reason()));
    }
}
