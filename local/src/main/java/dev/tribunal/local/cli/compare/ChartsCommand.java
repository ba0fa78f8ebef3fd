package dev.tribunal.local.cli.compare;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.local.chart.ChartSpecs;
import dev.tribunal.local.chart.Charts;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tribunal charts}: draws comparisons from the data beside the file; no platform is needed. */
@Command(
        name = "charts",
        description = "Draw comparisons as SVG, from the CSV files that ./tribunal compare NAME --export has written.",
        mixinStandardHelpOptions = true)
public final class ChartsCommand implements Callable<Integer> {

    private final Screen screen;

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description =
                    "YAML or JSON: what is to be drawn. The data are read from its folder, and charts are put there.")
    private Path file = Path.of("");

    public ChartsCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws IOException {
        Input<ChartSpecs> charts = InputReader.read(ChartSpecs.class, SpecFile.read(file));
        if (!charts.mistakes().isEmpty()) {
            throw new CommandException(file + " has mistakes:\n"
                    + charts.mistakes().stream().map(ChartsCommand::line).collect(Collectors.joining("\n")));
        }
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder");
        try {
            Charts.draw(charts.required(), folder).forEach(drawn -> screen.print(drawn.toString()));
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        } catch (NoSuchFileException e) {
            throw new CommandException(
                    "there is no " + e.getMessage() + "; write it with ./tribunal compare NAME --export " + folder, e);
        }
        return ExitCode.SUCCESS;
    }

    private static String line(FieldError mistake) {
        return "  " + mistake.pointer() + " " + mistake.detail();
    }
}
