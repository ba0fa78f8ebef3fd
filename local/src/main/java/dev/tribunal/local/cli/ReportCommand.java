package dev.tribunal.local.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A command that prints what it finds as text or as JSON. */
@Command(mixinStandardHelpOptions = true)
abstract class ReportCommand implements Callable<Integer> {

    final Screen screen;

    @Option(names = "--json", description = "Print the answer as JSON, on the last line of standard output.")
    boolean json;

    ReportCommand(Screen screen) {
        this.screen = screen;
    }

    /** For a command that tells how far it is, too: as JSON, the answer is alone on standard output. */
    Screen out() {
        return json ? screen.forJson() : screen;
    }

    void show(Object answer, String text) {
        show(answer, () -> List.of(text));
    }

    /** @param text is made only if it is wanted */
    void show(Object answer, Supplier<List<String>> text) {
        if (json) {
            screen.json(answer);
        } else {
            screen.print(text.get());
        }
    }
}
