package dev.tribunal.local.cli.shared;

import dev.tribunal.local.cli.screen.Screen;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A command that prints what it finds as text or as JSON. */
@Command(mixinStandardHelpOptions = true)
public abstract class ReportCommand implements Callable<Integer> {

    final Screen screen;

    @Option(names = "--json", description = "Print the answer as JSON, on the last line of standard output.")
    public boolean json;

    public ReportCommand(Screen screen) {
        this.screen = screen;
    }

    /** For a command that tells how far it is, too: as JSON, the answer is alone on standard output. */
    public Screen out() {
        return json ? screen.forJson() : screen;
    }

    public void show(Object answer, String text) {
        show(answer, () -> List.of(text));
    }

    /** @param text is made only if it is wanted */
    public void show(Object answer, Supplier<List<String>> text) {
        if (json) {
            screen.json(answer);
        } else {
            screen.print(text.get());
        }
    }
}
