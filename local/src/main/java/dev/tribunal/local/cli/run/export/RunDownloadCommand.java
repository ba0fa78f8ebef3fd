package dev.tribunal.local.cli.run.export;

import dev.tribunal.contracts.runs.v1.run.CheckpointFile;
import dev.tribunal.contracts.runs.v1.run.CheckpointFile.Part;
import dev.tribunal.contracts.runs.v1.run.CheckpointResource;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.RunPartCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code run download}: takes a checkpoint away. */
@Command(
        name = "download",
        description = "Download a checkpoint as a Hugging Face folder. A download that was cut off goes on where it"
                + " was, and every file is checked by its SHA-256.")
public final class RunDownloadCommand extends RunPartCommand {

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "STEP",
            description = "Whose checkpoint, or best; default the last.")
    private @Nullable String step;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The folder that it is put into; created if it is not there.")
    private Path output = Path.of("");

    @Option(
            names = "--adapter",
            description = "The LoRA adapter alone, in PEFT's files, instead of the model that it is merged into.")
    private boolean adapter;

    @Option(
            names = "--training-state",
            description = "AdamW's moments and the rest of what training goes on from, too.")
    private boolean trainingState;

    public RunDownloadCommand(Screen screen) {
        super(screen);
    }

    /** What {@code --json} prints. */
    record Downloaded(String run, int step, String digest, String folder, List<CheckpointFile> files) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        PlatformClient client = platform.connect();
        RunsApi runs = client.runs();
        RunResource run = run(runs);
        CheckpointResource checkpoint =
                checkpoint(run, runs.checkpoints(run.id()).data());
        Set<Part> parts = EnumSet.of(adapter ? Part.ADAPTER : Part.MODEL);
        if (trainingState) {
            parts.add(Part.TRAINING);
        }
        List<CheckpointFile> files = runs.checkpointFiles(run.id(), checkpoint.step()).data().stream()
                .filter(file -> parts.contains(file.part()))
                .toList();
        if (adapter && files.stream().noneMatch(file -> file.part() == Part.ADAPTER)) {
            throw new CommandException(
                    run.id() + " trains the policy's weights themselves and has no adapter;" + " leave --adapter out");
        }
        Path folder = output.toAbsolutePath().normalize();
        try (CheckpointDownload download =
                new CheckpointDownload(client.address(), run.id(), checkpoint.step(), folder, out())) {
            for (CheckpointFile file : files) {
                download.fetch(file, adapter ? CheckpointDownload.withoutFolder(file.path()) : file.path());
            }
        }
        show(
                new Downloaded(run.id(), checkpoint.step(), checkpoint.digest(), folder.toString(), files),
                "The checkpoint of step " + checkpoint.step() + " is in " + folder);
        return ExitCode.SUCCESS;
    }

    private static int wanted(RunResource run, String step) {
        if (step.equals("best")) {
            if (run.bestCheckpoint() == null) {
                throw new CommandException(run.id()
                        + " has no best checkpoint: its evaluation names no best metric, or none was made yet");
            }
            return run.bestCheckpoint().step();
        }
        if (!step.matches("[0-9]{1,9}")) {
            throw new CommandException("'" + step + "' is not a checkpoint; give its step, or best");
        }
        return Integer.parseInt(step);
    }

    private CheckpointResource checkpoint(RunResource run, List<CheckpointResource> all) {
        if (all.isEmpty()) {
            throw new CommandException(run.id() + " has no checkpoint yet");
        }
        if (step == null) {
            return all.getLast();
        }
        int wanted = wanted(run, step);
        return all.stream()
                .filter(each -> each.step() == wanted)
                .findFirst()
                .orElseThrow(() -> new CommandException(run.id() + " has no checkpoint of step " + wanted
                        + "; it has those of step "
                        + all.stream().map(each -> String.valueOf(each.step())).collect(Collectors.joining(", "))));
    }
}
