package dev.tribunal.local.cli.run.export;

import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.RunPartCommand;
import dev.tribunal.local.export.MlflowExport;
import dev.tribunal.local.export.RunTable;
import dev.tribunal.local.export.TensorBoardExport;
import dev.tribunal.local.export.TextExport;
import dev.tribunal.local.watch.RunMetrics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run export metrics}: metrics for other tools. */
@Command(
        name = "metrics",
        description = "Take a run's metrics to another tool: as CSV, JSON lines or TensorBoard's event files, or to an"
                + " MLflow server.")
final class RunExportMetricsCommand extends RunPartCommand {

    enum Format {
        csv,
        jsonl,
        tensorboard,
        mlflow
    }

    @Option(names = "--format", required = true, description = "One of ${COMPLETION-CANDIDATES}.")
    private Format format = Format.csv;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "The folder that the file is put into; csv and jsonl go to standard output without it.")
    private @Nullable Path output;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The MLflow server. MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and"
                    + " MLFLOW_TRACKING_PASSWORD, are sent if they are set.")
    private @Nullable URI server;

    @Option(names = "--experiment", description = "MLflow's experiment; default ${DEFAULT-VALUE}.")
    private String experiment = "tribunal";

    @Option(names = "--name", description = "Only this metric, for example feasibleRate; may be given several times.")
    private @Nullable List<String> names;

    @Option(names = "--task", description = "Only metrics of this task.")
    private @Nullable String task;

    RunExportMetricsCommand(Screen screen) {
        super(screen);
    }

    /** What {@code --json} prints. */
    record Exported(String run, String format, String to) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        RunsApi runs = platform.connect().runs();
        RunResource run = run(runs);
        requireTask(run, task);
        RunTable table = new RunTable(run, RunMetrics.of(runs, run.id(), names, task));
        switch (format) {
            case csv -> text(run, "csv", TextExport.csv(table));
            case jsonl -> text(run, "jsonl", TextExport.jsonLines(table));
            case tensorboard -> {
                if (output == null) {
                    throw new CommandException("--format tensorboard writes a file; give its folder with -o DIR");
                }
                told(run, TensorBoardExport.write(table, output).toString());
            }
            case mlflow -> {
                if (server == null) {
                    throw new CommandException("--format mlflow needs a server; give its address with --server URL");
                }
                try {
                    String id = new MlflowExport(server, System.getenv()).write(table, runs.spec(run.id()), experiment);
                    told(run, "run " + id + " of the experiment '" + experiment + "' at " + server);
                } catch (MlflowExport.RefusedException e) {
                    throw new CommandException(String.valueOf(e.getMessage()));
                }
            }
        }
        return ExitCode.SUCCESS;
    }

    private void text(RunResource run, String extension, String text) throws IOException {
        if (output == null) {
            out().print(text.stripTrailing());
            return;
        }
        Files.createDirectories(output);
        Path file = output.resolve(run.id() + "." + extension);
        Files.writeString(file, text);
        told(run, file.toString());
    }

    private void told(RunResource run, String to) {
        show(new Exported(run.id(), format.name(), to), "The metrics of " + run.id() + " are in " + to);
    }
}
